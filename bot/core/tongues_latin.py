"""Signs of an instruction to a model in languages that are written in Latin letters, without their accents."""

from bot.core.tongue import Tongue

LATIN = (
    Tongue(  # German
        r"ignorier(?:e|en sie|t)|vergiss|vergessen sie|missachte(?:n sie)?|uberspring(?:e|en sie)|verwirf"
        r"|beachte(?:n sie)? nicht|befolge(?:n sie)? nicht|lass(?:en sie)?|setz(?:e|en sie)|missachtet|vergesst",
        r"anweisung\w*|instruktion\w*|vorgabe\w*|regeln?|befehle?|richtlinien?|anordnung\w*|prompts?|vorherige\w*"
        r"|bisherige\w*|\w*kriterien|hinweise",
        r"bewerte(?:n sie)?|gib|geben sie|gebt|schreib(?:e|en sie|t)?|antworte(?:n sie)?|empfiehl|empfehlen sie|nimm"
        r"|nehmen sie|lobe(?:n sie)?|vergib|vergeben sie|stufe(?:n sie)?|sag(?:e|en sie)?|markiere(?:n sie)?"
        r"|nenn(?:e|en sie)|erwahn(?:e|en sie)|beurteile(?:n sie)?|fasse(?:n sie)?|verrate(?:n sie)?|setze(?:n sie)?"
        r"|behandle|behandeln sie|stell(?:e|en sie)|beende(?:n sie)?|verschweig\w*|gebe|zeige(?:n sie)?"
        r"|fuge(?:n sie)?",
        r"hochst\w*|sehr gut\w*|gute bewertung|positiv\w*|best\w*|hervorragend\w*|ausgezeichnet\w*|maxim\w*|volle\w*"
        r"|annahme|annehmen|hohe\w*|exzellent\w*|punkt\w*|bahnbrechend\w*|wohlwollend\w*|schwachen?|mangel|kritik\w*"
        r"|systemprompt|erfullt|einschrankungen|gunstig\w*|null",
        r"dies\w+ (?:arbeit|artikel|beitrag|papier|paper|studie|text|manuskript|zusammenfassung|abstract|werk"
        r"|aufsatz)|deine\w*|ihre[rnms]? (?:antwort|bewertung|zusammenfassung|ausgabe|gutachten|urteil)",
        r"(?:ki|ai|llm|sprach)[- ]?\w*(?:modell\w*|system\w*|assisten\w+|gutachter\w*|agent\w*)?|gutachter\w*"
        r"|assistent\w*|chatbots?|sprachmodelle?|rezensent\w*|begutachter\w*",
        r"(?:du|sie|ihr) (?:musst|mussen|sollst|sollen|sollt|musst|darfst|durfen|bist|sind)|(?:muss|mussen|soll"
        r"|sollen|hat|haben) ",
        r"wir|angriff\w*|injektion\w*|untersuch\w+|beispiel\w*|satze? wie|datensatz\w*|phrase|sogenannt\w*|nutzer\w*"
        r"|autoren|formel",
    ),
    Tongue(  # French
        r"ignore[zs]?|oublie[zs]?|ne ten(?:ez|s) pas compte|fai(?:tes|s) abstraction|neglige[zs]?|mets de cote"
        r"|mettez de cote|ne sui(?:vez|s)|passe[zs]? outre|laisse[zs]? de cote|desobei\w+|annule[zs]?",
        r"instructions?|consignes?|regles?|directives?|ordres?|invites?|precedent\w*|criteres",
        r"merci de \w+|donne[zs]?|attribue[zs]?|note[zs]?|evalue[zs]?|ecri(?:vez|s)|repond(?:ez|s)|recommande[zs]?"
        r"|accepte[zs]?|di(?:tes|s)|affiche[zs]?|mentionne[zs]?|ne mentionne[zs]?|souligne[zs]?|classe[zs]?"
        r"|considere[zs]?|redige[zs]?|juge[zs]?|revele[zs]?|marque[zs]?|ajoute[zs]?|resume[zs]?|ne signale[zs]?"
        r"|ne releve[zs]?|traite[zs]?|mets|mettez|termine[zs]?|produi(?:s|sez)|presente[zs]?",
        r"meilleur\w*|maxim\w*|positi\w*|excellent\w*|favorable\w*|elogieu\w*|acceptation|accepter|plus haut\w*"
        r"|plus elevee?|parfait\w*|remarquable\w*|faiblesses?|limites?|defauts?|invite systeme|prompt systeme"
        r"|exceptionnel\w*|revolutionnaire|critiques?|dix|10",
        r"(?:cet|ce|cette|present|notre) (?:article|papier|travail|etude|texte|manuscrit|resume|soumission"
        r"|contribution)|(?:votre|ta|ton) (?:reponse|evaluation|resume|avis|verdict|rapport|sortie|synthese|note)",
        r"(?:modele|assistant|relecteur|evaluateur|rapporteur|systeme|agent|outil|intelligence|ia|llm"
        r"|robot)s?(?: de langage?| d'ia| artificielle| automatique| automatise)?",
        r"(?:vous|tu) (?:devez|dois|etes (?:prie|tenu)|es (?:prie|tenu)|allez|vas)|(?:doit|doivent|est prie"
        r"|sont pries)",
        r"nous|attaques?|injections?|etudi\w+|exemples?|telles? que|tels? que|phrases?|corpus|utilisateurs?|auteurs"
        r"|formule|chaine",
    ),
    Tongue(  # Spanish
        r"ignor[ae]n?|olvid[ae]n?|haz caso omiso|hag[ae]n? caso omiso|no sig(?:as?|an)|descart[ae]n?|omit[ae]n?"
        r"|pas[ae]n? por alto|desatiend[ae]n?|prescind[ae]n?|no hag[ae]n?s? caso|no obedezc\w+",
        r"instruccion\w*|ordenes|reglas?|indicacion\w*|directrices|directivas?|consignas?|anterior\w*|criterios"
        r"|prompts?",
        r"da(?:le)?|de(?:le)?|den|otorg[ae]\w*|asign[ae]\w*|calific[ae]\w*|califique\w*|evalu[ae]\w*|punt[uú][ae]\w*"
        r"|escrib[ae]\w*|respond[ae]\w*|recomiend[ae]\w*|acept[ae]\w*|di(?:ga)?|mencion[ae]s?|no mencion[ae]\w*"
        r"|destac\w+|consider[ae]|valor[ae]\w*|revel[ae]\w*|marc(?:a|ar|que)\w*|muestr[ae]\w*|resum[ae]\w*"
        r"|no senal\w+|concluy[ae]\w*|trat[ae]\w*|califique|redact[ae]|clasifi\w+|pon(?:ga|le)?|anad[ae]|elogi[ae]"
        r"|termin[ae]|emit[ae]",
        r"maxim\w*|positiv\w*|mejor\w*|excelente\w*|favorabl\w*|aceptacion|aceptar|mas alt[ao]|perfect\w*"
        r"|sobresaliente|debilidad\w*|limitacion\w*|defectos?|prompt del sistema|revolucionari\w*|elogios\w*"
        r"|criticas?|diez|10|sistema|innovador\w*",
        r"(?:este|esta|nuestro|nuestra|el presente|la presente) (?:articulo|trabajo|estudio|texto|manuscrito|resumen"
        r"|contribucion|paper|documento|envio|obra|investigacion)|(?:tu|su) (?:respuesta|evaluacion|resumen|informe"
        r"|veredicto|salida|resena|revision)",
        r"(?:modelo|asistente|revisor|revisora|evaluador|sistema|agente|inteligencia|ia|llm|arbitro|lector"
        r"|robot)(?:e?s)?(?: de lenguaje| de ia| artificial| automatico| automatizado)?",
        r"(?:usted(?:es)?|tu|vosotros) (?:debe[sn]?|tiene[sn]? que|ha de)|\bdeb(?:e[sn]?|eras?|eran) |tienes? que"
        r"|estas obligad\w+",
        r"estudia\w+|ataques?|inyeccion\w*|ejemplos?|tales? como|frases?|usuarios?|autores|analiza\w+|presenta\w+"
        r"|cadena|corpus|proponemos|mostramos|formula",
    ),
    Tongue(  # Italian
        r"ignora(?:te|re)?|ignori|dimentica(?:te|re)?|dimentichi|non seguire|trascura(?:te)?|non tenere conto"
        r"|non tener conto|tralascia(?:te)?|scarta(?:te)?|lascia perdere|disattendi",
        r"istruzion\w*|regol[ae]|direttiv\w*|ordini|indicazion\w*|precedent\w*|criteri|prompt",
        r"da(?:i|te)?|dia|assegna(?:te)?|assegni|valuta(?:te)?|valuti|scriv(?:i|ete|a)|rispond(?:i|ete|a)"
        r"|raccomanda(?:te)?|accetta(?:te)?|di'?|dica|non menzionare|menziona(?:te)?|evidenzia(?:te)?"
        r"|considera(?:te)?|rivela(?:te)?|segna(?:te)?|attribuisci|attribuite|attribuisca|mostra(?:te)?|riassumi"
        r"|non citare|loda(?:te)?|giudica(?:te)?|stampa|concludi|tratta|non segnalare|termina",
        r"massim\w*|positiv\w*|miglior\w*|eccellent\w*|favorevol\w*|accettazione|accettare|piu alt\w*|perfett\w*"
        r"|ottim\w*|debolezz\w*|limit[ie]|difetti|prompt di sistema|rivoluzionari\w*|entusiast\w*|critiche|dieci|10"
        r"|lode|pieni voti",
        r"(?:questo|quest'|questa|il presente|il nostro|la presente) ?(?:articolo|lavoro|studio|testo|manoscritto"
        r"|contributo|paper|documento|riassunto|ricerca|opera)|(?:la tua|il tuo|la sua|il suo|la vostra"
        r"|il vostro) (?:risposta|valutazione|recensione|riassunto|verdetto|giudizio|rapporto|sintesi)",
        r"(?:modell[oi]|assistent[ei]|revisor[ei]|valutator[ei]|sistem[ai]|agent[ei]|intelligenz[ae]|ia|ai"
        r"|llm)(?: linguistic[oi]| di linguaggio| artificiale| automatic[oi]| ia)?",
        r"(?:tu |lei |voi )?(?:devi|dovete|deve|dovrai|dovresti|dovrebbe|sei tenut\w+|siete tenut\w+|e pregat\w+) ?",
        r"studiamo|attacc\w+|iniezion\w*|esempi\w*|come ad esempio|fras[ei]|utenti|autori|analizziamo|presentiamo"
        r"|stringa|corpus|proponiamo|formula",
    ),
    Tongue(  # Portuguese
        r"ignor[ae]m?|esquec[ae]m?|desconsider[ae]m?|nao sig(?:a|am|as)|descart[ae]m?|omit[ae]m?|desrespeit\w+"
        r"|deix[ae]m? de lado|nao obedec\w+",
        r"instruc(?:ao|oes)|ordens|regras?|diretrizes|indicac(?:ao|oes)|anterior\w*|comandos?|orientac(?:ao|oes)"
        r"|prompts?|criterios",
        r"de|da|deem|atribu[ai]\w*|avali[ae]\w*|escrev[ae]\w*|respond[ae]\w*|recomend[ae]\w*|aceit[ae]\w*|diga|diz"
        r"|mencion[ae]\w*|nao mencion\w+|destaqu[ae]\w*|consider[ae]|revel[ae]\w*|marqu[ae]\w*|mostr[ae]\w*"
        r"|classifi\w+|resum[ae]\w*|elogi[ae]|conclua|trate|nao cite|termine|pontu[ae]|julgue",
        r"maxim\w*|positiv\w*|melhor\w*|excelente\w*|favorav\w+|aceitacao|aceitar|mais alt[ao]|perfeit\w*|otim[ao]"
        r"|fraquez\w*|limitac\w*|defeitos?|prompt do sistema|revolucionari\w*|elogi\w+|criticas?|dez|10|nota",
        r"(?:este|esta|deste|desta|nosso|nossa|o presente) (?:artigo|trabalho|estudo|texto|manuscrito|resumo"
        r"|contribuicao|paper|documento|submissao|obra|pesquisa)|(?:sua|tua|seu|teu) (?:resposta|avaliacao|resumo"
        r"|relatorio|veredito|saida|resenha|parecer|revisao)",
        r"(?:modelo|assistente|revisor|revisora|avaliador|sistema|agente|inteligencia|ia|llm"
        r"|parecerista)(?:e?s)?(?: de linguagem| de ia| artificial| automatico| automatizado)?",
        r"(?:voce|voces|tu) (?:deve[ms]?|precisa|tem que|esta obrigad)|\bdeve[ms]? |devera ",
        r"estudamos|ataques?|injec\w+|exemplos?|tais como|tal como|frases?|usuarios?|autores|analisamos|apresentamos"
        r"|cadeia|corpus|propomos|formula",
    ),
    Tongue(  # Dutch
        r"negeer|vergeet|sla|leg|laat|volg|veronachtzaam|schrap",
        r"instructies?|aanwijzing\w*|regels?|opdracht\w*|richtlijn\w*|vorige|voorgaande|eerdere|prompts?|bevelen",
        r"geef|beoordeel|schrijf|antwoord|zeg|beveel|accepteer|noem|vermeld|prijs|ken|markeer|toon|onthul|vat"
        r"|behandel|keur|waardeer|meld",
        r"hoogste|positie\w+|beste|uitstekend\w*|maxim\w*|gunstig\w*|acceptatie|aanvaard\w*|volle|lovend\w*|zwak\w*"
        r"|beperking\w*|gebreken|systeemprompt|kritiek|tien|10|punten|baanbrekend\w*",
        r"(?:dit|deze|ons) (?:artikel|paper|werk|studie|tekst|manuscript|samenvatting|bijdrage|onderzoek|stuk)|(?:je"
        r"|jouw|uw) (?:antwoord|beoordeling|samenvatting|oordeel|rapport|uitvoer)",
        r"(?:ai|taal|llm)[- ]?\w*(?:model\w*|systeem|systemen|assistent\w*|beoordelaars?|agent\w*)?|assistent\w*"
        r"|beoordelaars?|reviewers?|recensent\w*|modellen|model",
        r"(?:je|jij|u|jullie) (?:moet|moeten|dient|zult|bent)|(?:moet|moeten|dient|dienen) ",
        r"wij|we|aanval\w*|injectie\w*|onderzoeken|voorbeeld\w*|zinnen|zoals|gebruikers|auteurs|formule",
    ),
    Tongue(  # Swedish, Danish, Norwegian
        r"ignorer(?:a)?|glom|glem|bortse|se bort|strunta|folj inte|hoppa",
        r"instruktion\w*|anvisning\w*|instruks\w*|regler\w*|foregaende|tidligere|tidigare|forrige|ordrer?"
        r"|befalingar?|riktlinjer|retningslinjer|prompt\w*",
        r"ge|gi|giv|skriv|svara?|bedom|bedøm|vurder|anbefal|rekommendera|acceptera|aksepter|godkann|godkend|godkjenn"
        r"|namn|nevn|nævn|satt|sett|beskriv|marker\w*|avsloja|sag|si",
        r"hogsta|hoyeste|højeste|høyeste|positiv\w*|basta|beste|bedste|utmarkt\w*|fremragende|maxim\w*|maks\w*"
        r"|godkannande|topp\w*|full\w*|svagheter|svakheter|svagheder|begransning\w*|systemprompt\w*|kritik"
        r"|banbrytande|tio|ti|10",
        r"(?:denna|den har|detta|denne|dette|det har) (?:artikel\w*|uppsats|arbete|arbeid|arbejde|studie\w*|text\w*"
        r"|tekst\w*|bidrag|manuskript|sammanfattning|paper)|(?:ditt|din|dit) (?:svar|bedomning|sammanfattning|omdome"
        r"|vurdering|utlatande)",
        r"(?:ai|sprak|sprog|llm)[- ]?\w*(?:modell\w*|model\w*|system\w*|assistent\w*|granskare|agent\w*)?|granskare"
        r"|assistent\w*|sprakmodell\w*",
        r"(?:du|ni|dere|i) (?:maste|ska|skal|ma|bor|bor)|(?:maste|skal|ska) ",
        r"vi|angrepp?\w*|injektion\w*|undersoker|exempel\w*|eksempel\w*|fraser?|sasom|anvandare|forfattare|formel\w*",
    ),
    Tongue(  # Polish, Czech, Slovak
        r"zignoruj\w*|ignoruj\w*|zapomnij\w*|zapomen\w*|pomin\w*|nie (?:przestrzegaj|stosuj|zwracaj)|nedbej\w*"
        r"|neber(?:te)?|odrzuc|zahod|prestan\w*|neridte?",
        r"instrukcj\w*|polecen\w*|zasad\w*|wskazow\w*|wytyczn\w*|poprzedn\w*|instrukc\w*|pokyn\w*|pravid\w*"
        r"|predchoz\w*|prikaz\w*|regul\w*|prompt\w*",
        r"ocen(?:cie)?|oceniaj|daj(?:cie)?|przyznaj|wystaw|napisz|odpowiedz|zarekomenduj|rekomenduj|przyjmij"
        r"|zaakceptuj|powiedz|wymieniaj|nie wspominaj|uznaj|ohodnot\w*|dej(?:te)?|napis(?:te)?|odpovez\w*"
        r"|odpovedz\w*|doporuc\w*|prijm\w*|nezminuj\w*|oznac\w*|ujawnij|wypisz|udel\w*|potraktuj|podsumuj"
        r"|hodnot(?:te)?",
        r"najwyzsz\w*|pozytywn\w*|najleps\w*|doskonal\w*|maksymal\w*|przyje\w*|nejvyss\w*|pozitiv\w*|nejleps\w*"
        r"|vynikajic\w*|maximaln\w*|prijet\w*|wad\w*|slab\w*|ogranicz\w*|nedostat\w*|omezeni|przelomow\w*"
        r"|prulomov\w*|system\w*|10|deset|dziesiec|kladn\w*|celujac\w*",
        r"(?:ten|tego|te|ta|tej|temu|niniejsz\w+|tento|tuto|tato|teto|tomuto|tomu) (?:artykul\w*|prac\w*|tekst\w*"
        r"|text\w*|clan\w*|rekopis\w*|studi\w*|badani\w*|zgloszeni\w*|praci|abstrakt\w*|prispevk\w*)|(?:swo\w+"
        r"|twoj\w*|sv\w+|tvoj\w*|vas\w*) (?:odpowied\w*|recenzj\w*|ocen\w*|odpoved\w*|posud\w*|hodnocen\w*"
        r"|podsumowan\w*)",
        r"(?:model\w*|asysten\w*|recenzen\w*|system\w*|agen\w*|sztuczn\w*|umel\w*|asisten\w*|si|ai|llm"
        r"|jazykov\w* model\w*)",
        r"(?:musisz|musicie|powinien\w*|powinni\w*|nalezy|masz|mus(?:is|i|ite)|mel by|mela by|maji|ma )",
        r"badamy|atak\w*|wstrzykn\w*|przyklad\w*|fraz\w*|takie jak|utok\w*|zkoumame|priklad\w*|vet[ay]?|autorzy"
        r"|autori|uzytkown\w*|uzivatel\w*|analizujemy|formul\w*",
    ),
    Tongue(  # Turkish
        r"yok say(?:in|iniz)?|gormezden gel(?:in|iniz)?|dikkate alma(?:yin|yiniz)?|unut(?:un|unuz)?|gozardi et(?:in"
        r"|iniz)?|uyma(?:yin)?|goz ardi et\w*|bir kenara birak\w*",
        r"talimat\w*|yonerge\w*|kural\w*|komut\w*|onceki|emir\w*",
        r"ver(?:in|iniz)?|yaz(?:in|iniz)?|degerlendir(?:in|iniz)?|kabul et(?:in|iniz)?|oner(?:in|iniz)?"
        r"|puanla(?:yin)?|soyle(?:yin)?|belirtme(?:yin)?|bahsetme(?:yin)?|yanit ?la(?:yin)?|cevapla\w*|goster\w*"
        r"|isaretle\w*|ov(?:un)?",
        r"en yuksek|en iyi|olumlu|mukemmel\w*|kabul|yuksek|tam puan|10|on puan|zayif\w*|eksik\w*|sinirlilik\w*"
        r"|sistem istemi\w*|ustun|kusur\w*|cigir acan",
        r"bu (?:makale\w*|calisma\w*|metin\w*|metni|yazi\w*|ozet\w*|bildiri\w*|arastirma\w*)|(?:yanit|cevap|ozet"
        r"|degerlendirme)(?:ini|iniz\w*|in\w*)",
        r"(?:yapay zeka\w*|dil model\w*|model\w*|asistan\w*|hakem\w*|sistem\w*|llm\w*|degerlendirici\w*|inceleyen\w*)",
        r"(?:zorunda\w*|gerek\w*|meli\w*|mali\w*)",
        r"inceliyoruz|saldiri\w*|enjeksiyon\w*|ornegin|gibi|ifade\w*|cumlesi|kullanici\w*|yazarlar\w*|gosteriyoruz",
        bound=False,
    ),
    Tongue(  # Indonesian, Malay
        r"abaikan(?:lah)?|lupakan(?:lah)?|jangan (?:ikuti|patuhi|hiraukan)|kesampingkan",
        r"instruksi\w*|perintah\w*|aturan\w*|petunjuk\w*|arahan\w*|sebelumnya|terdahulu|pedoman\w*",
        r"beri(?:kan)?(?:lah)?|tulis(?:kan|lah)?|jawab(?:lah)?|nilai(?:lah)?|rekomendasikan|terima(?:lah)?"
        r"|katakan(?:lah)?|jangan (?:sebut\w*|menyebut\w*)|anggap(?:lah)?|tandai|puji|tampilkan|ungkapkan",
        r"tertinggi|positif|terbaik|sempurna|penerimaan|sangat baik|maksimal|kelemahan|kekurangan|keterbatasan"
        r"|prompt sistem|luar biasa|10|penuh|unggul",
        r"(?:makalah|artikel|karya|penelitian|naskah|teks|abstrak|studi|tulisan) ini|(?:jawaban|ulasan|ringkasan"
        r"|penilaian) (?:anda|kamu|mu)",
        r"model\w*|asisten\w*|peninjau|penelaah|sistem|ai|llm|kecerdasan buatan|penilai|pengulas",
        r"(?:anda|kamu) (?:harus|wajib|perlu)|(?:harus|wajib|mohon|tolong) ",
        r"kami|serangan|injeksi|contoh\w*|seperti|frasa|kalimat|pengguna|penulis",
    ),
    Tongue(  # Vietnamese
        r"bo qua|phot lo|quen di|quen|dung tuan theo|khong tuan theo|dung lam theo",
        r"huong dan|chi dan|chi thi|lenh|quy tac|truoc|tren|yeu cau",
        r"(?:cho|danh gia|viet|tra loi|chap nhan|de xuat|noi|dung nhac|khong nhac|dung de cap|cham|xep|in ra|khen"
        r"|ket luan)",
        r"cao nhat|tich cuc|tot nhat|xuat sac|chap nhan|toi da|diem yeu|nhuoc diem|han che|10|tuyet doi|tuyet voi"
        r"|he thong",
        r"(?:bai bao|bai viet|cong trinh|nghien cuu|ban thao|van ban|bai) nay",
        r"mo hinh|tro ly|nguoi phan bien|he thong|ai|llm|ban|phan bien",
        r"(?:ban|hay|vui long|phai|xin)",
        r"chung toi|tan cong|tiem|vi du|nhu la|cum tu|cau lenh|nguoi dung|tac gia",
    ),
    Tongue(  # Hungarian, Finnish, Romanian in one: their words do not meet
        r"hagyd figyelmen kivul|hagyja figyelmen kivul|felejts\w* el|jata huomiotta|ohita|unohda|ala noudata"
        r"|ignora(?:ti)?|uita(?:ti)?|nu tine(?:ti)? cont|sivuuta",
        r"utasitas\w*|szabaly\w*|elozo\w*|korabbi\w*|ohjee\w*|ohjei\w*|kasky\w*|saanno\w*|aiem\w*|edelli\w*"
        r"|instructiun\w*|reguli\w*|anterioar\w*|precedent\w*",
        r"adj\w*|ertekel\w*|irj\w*|valaszol\w*|javasol\w*|fogad\w*|ne emlits\w*|anna|antakaa|kirjoita|vastaa"
        r"|suosittele|hyvaksy|arvioi|ala mainitse|da(?:ti)?|acorda(?:ti)?|scrie(?:ti)?|raspunde(?:ti)?"
        r"|recomanda(?:ti)?|accepta(?:ti)?|nu mentiona(?:ti)?|evalueaza|evaluati|kehu",
        r"legmagasabb\w*|pozitiv\w*|legjobb\w*|kivalo\w*|elfogad\w*|maximal\w*|gyenges\w*|korkei\w*|positiivi\w*"
        r"|paras\w*|erinomai\w*|hyvaksy\w*|taydet|heikkou\w*|maxim\w*|excelent\w*|acceptare\w*|slabiciun\w*|cea mai"
        r"|10|favorabil\w*|kymmenen",
        r"(?:ezt a|ennek a|ez a|ezen) (?:cikk\w*|dolgozat\w*|tanulmany\w*|munka\w*|szoveg\w*|kezirat\w*)|(?:tama"
        r"|taman|talle|tasta|tata) (?:artikkel\w*|tutkimu\w*|teksti\w*|tyo\w*|paperi\w*|kasikirjoitu\w*)|(?:acest"
        r"|acestui|aceasta|acestei) (?:articol\w*|lucrar\w*|studiu\w*|text\w*|manuscris\w*)",
        r"(?:nyelvi modell\w*|modell\w*|asszisztens\w*|biralo\w*|kielimalli\w*|tekoaly\w*|avustaj\w*|arvioija\w*"
        r"|vertaisarvioija\w*|mi-\w+|model\w*|asistent\w*|recenzent\w*|ia|ai|llm)",
        r"(?:kell|koteles|sinun taytyy|sinun pitaa|on annettava|trebuie|kerlek|kerjuk|te rog|va rog|pyydan)",
        r"vizsgaljuk|tamadas\w*|peldaul|mint peldaul|tutkimme|hyokkay\w*|esimerki\w*|kuten|studiem|atac\w*"
        r"|injectar\w*|exempl\w*|precum|utilizator\w*|kayttaj\w*|felhasznalo\w*|autori\w*|szerzok|fraza|lause\w*",
    ),
)
