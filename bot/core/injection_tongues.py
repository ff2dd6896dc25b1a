"""The same few signs of an instruction to a model in other languages, as patterns over `disguise.plain` text.

For each language: verbs in the form of an order that undo or judge or say, the rules they undo, the praise they ask
for, this paper, who is spoken to, and the words of those who write about such texts. Accents are gone and Turkish `ı`
is `i`, as `plain` leaves them.
"""

import re
from dataclasses import dataclass
from functools import cache
from itertools import permutations

from bot.core.disguise import bare


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language's signs. `bound`: an order is told by its place at the head of a clause, not by its form alone."""

    undo: str
    rules: str
    judge: str
    praise: str
    paper: str
    agent: str
    must: str
    about: str
    bound: bool = True


_TONGUES = (
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
    Tongue(  # Russian, Ukrainian, Bulgarian
        r"(?:про)?игнорируй(?:те)?|игнорирайте?|забудь(?:те)?|забравете?|не (?:обращай|следуй|учитывай|соблюдай"
        r"|выполняй)(?:те)?|отбрось(?:те)?|пренебреги(?:те)?|(?:з|про)?ігноруй(?:те)?|не (?:зважай|виконуй)(?:те)?"
        r"|отмени(?:те)?|пропусти(?:те)?",
        r"инструкц\w*|указани\w*|правил\w*|предыдущ\w*|команд\w*|приказ\w*|распоряжени\w*|інструкц\w*|вказівк\w*"
        r"|попередн\w*|предишн\w*|предписани\w*|промпт\w*|критери\w*",
        r"оцени(?:те)?|поставь(?:те)?|дай(?:те)?|напиши(?:те)?|ответь(?:те)?|отвечай(?:те)?|рекомендуй(?:те)?"
        r"|порекомендуй(?:те)?|прими(?:те)?|скажи(?:те)?|упоминай(?:те)?|не упоминай(?:те)?|похвали(?:те)?"
        r"|признай(?:те)?|считай(?:те)?|присвой(?:те)?|покажи(?:те)?|раскрой(?:те)?|выведи(?:те)?|отметь(?:те)?"
        r"|оціни(?:ть|ти)?|постав(?:те)?|напиш(?:и|іть)|надай(?:те)?|не згадуй(?:те)?|дайте|выстави(?:те)?"
        r"|сообщи(?:те)?|закончи(?:те)?",
        r"высш\w*|положительн\w*|максимальн\w*|лучш\w*|отличн\w*|высок\w*|принят\w*|наивысш\w*|недостатк\w*"
        r"|слабост\w*|слабы\w*|ограничени\w*|системн\w*|найвищ\w*|позитивн\w*|максимальн\w*|высочайш\w*"
        r"|восторженн\w*|прорыв\w*|недолік\w*|10|десять|благоприятн\w*|відмінн\w*|хвалебн\w*",
        r"(?:эт\w+|данн\w+|настоящ\w+|ц[юяеі]\w*|наш\w*|тази) (?:стат\w+|работ\w*|робот\w*|текст\w*|исследовани\w*"
        r"|рукопис\w*|аннотаци\w*|доклад\w*)|(?:сво\w+|тво\w+|ваш\w*) (?:ответ\w*|рецензи\w*|отзыв\w*|оценк\w*"
        r"|вывод\w*|відповід\w*)",
        r"(?:модел\w*|ассистент\w*|помощник\w*|рецензент\w*|систем\w*|агент\w*|ии|ші|ai|llm|нейросет\w*|бот\w*"
        r"|асистент\w*|языков\w+ модел\w*)",
        r"(?:ты|вы|ви|ти) (?:долж\w+|обязан\w*|мусиш|маєш|повинн\w+|маете)|(?:долж\w+|обязан\w*|повинн\w+|следует"
        r"|мусить) ",
        r"мы|ми|атак\w*|инъекц\w*|ін'єкц\w*|например|фраз\w*|вида|изучаем|исследуем|пример\w*|пользовател\w*|авторы"
        r"|строк\w*|формулировк\w*|корпус\w*",
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
    Tongue(  # Chinese
        r"(?:请|務必|务必|必须|須|立即|现在)?(?:忽略|无视|無視|忘记|忘記|忘掉|不要理会|不要理會|抛开|跳过|放弃|请勿遵循|不要遵循|不要遵守|停止遵循|不用管|别管)",
        r"指令|指示|提示|规则|規則|要求|命令|说明|之前|以上|前面|先前|标准",
        r"给出|給出|给予|給予|给|給|打|评为|評為|评价为|写出|写|寫|输出|輸出|回答|回复|回覆|推荐|推薦|接受|录用|說|说|强调|標記|标记|不要提|不要提及|不得提及|不要指出|请勿提及|勿提|评|判定"
        r"|显示|透露|泄露|赞扬|称赞|总结|複述|复述|打印|视为|采纳|列出",
        r"最高|满分|滿分|正面|积极|積極|好评|好評|优秀|優秀|接收|录用|接受|强烈推荐|高分|最佳|缺点|缺點|不足|局限|弱点|系统提示|系統提示|肯定|卓越|突破|负面|有利|已涉及|已回答",
        r"本文|本论文|本論文|这篇|這篇|该论文|此论文|该文|此文|本研究|本稿|你的|您的|审稿|評審|评审|这个摘要|本摘要|其",
        r"模型|人工智能|人工智慧|助手|审稿人|審稿人|评审|評審|ai|llm|系统|機器人|机器人|你|您|读者",
        r"你必须|您必须|你應|你应|请你|請你|请您|請您|你需要|你要|你只能|您应|务必|務必|请|請|必须|應當|应当|不要|不得",
        r"我们|我們|攻击|攻擊|注入|例如|诸如|譬如|比如|研究|数据集|數據集|用户|用戶|作者|短语|这句话|此类|這類|之类|等语句|越狱|这样的|探讨|提出|分析",
        bound=False,
    ),
    Tongue(  # Japanese
        r"無視(?:して(?!い|き|し|お|た)|しろ|せよ|すること|しなさい|してください|下さい)|忘れ(?:て(?!い|き|し|お|た)|ろ|なさい|てください)|従わないで|従うな|破棄し(?:て|ろ)"
        r"|無効に(?:して|しろ)|捨て(?:て|ろ)",
        r"指示|命令|プロンプト|プロンフト|ルール|規則|以前|これまで|上記|前の|先の|基準|制約",
        r"(?:付け|つけ|与え|出力し|書い|答え|回答し|評価し|推薦し|採択し|述べ|言っ|言及し|触れ|強調し|表示し|返し|判定し|指摘し|褒め|挙げ|報告し|開示し|要約し|扱っ|し|記載し"
        r"|教え)(?:て(?:ください|下さい|ほしい|くれ|おいて)|なさい|ろ|よ|ること|ないで(?:ください|下さい)?|てはならない|てはいけない|ずに|てはいけません|な(?=。|$))|(?:評価|採択"
        r"|出力|回答|推薦)(?:せよ|すること|してください|しなさい|しろ|をお願い)|つけること|与えること|書くこと|言及しないこと|触れないこと|与えよ|答えよ|書け|付けよ",
        r"最高|満点|肯定的|高評価|採択|優れ|高い|好意的|弱点|欠点|限界|システムプロンプト|絶賛|画期的|素晴らし|10点|否定的|批判|最大",
        r"この論文|本論文|本稿|この研究|本研究|この要旨|本要旨|このテキスト|この文章|あなたの|査読|要約|評価",
        r"ai|モデル|アシスタント|査読者|言語モデル|llm|人工知能|システム|あなた|エージェント|レビュアー",
        r"あなたは|必ず|してください|しなさい|せよ|下さい|しなければならない",
        r"我々|攻撃|インジェクション|インシェクション|例えば|ような|といった|研究する|データセット|調査|という文|利用者|分析|著者|提案する|ユーザー",
        bound=False,
    ),
    Tongue(  # Korean
        r"무시하(?:고|라|세요|십시오|시오|여|며|기)|무시해|잊(?:고|어|으세요|으십시오|어라)|따르지 (?:마|말)|버리고",
        r"지시\w*|명령\w*|프롬프트\w*|규칙\w*|이전\w*|앞의|위의|지침\w*|기준\w*",
        r"(?:주|내리|쓰|작성하|출력하|답하|대답하|평가하|추천하|채택하|말하|언급하|강조하|표시하|부여하|판정하|공개하|요약하|매기|보여주)(?:세요|십시오|시오|라|어라|지 (?:마|말)\w*"
        r"|고)|해 ?(?:주세요|주십시오|줘|라)|하십시오|하세요|하시오|할 것|하라|써 ?주\w*|줘라|마세요|마십시오|말 것|말라",
        r"최고\w*|만점\w*|긍정적\w*|높은|채택\w*|우수\w*|훌륭\w*|게재|약점\w*|단점\w*|한계\w*|시스템 프롬프트|극찬|호의적\w*|10점|혁신적\w*|탁월\w*|승인",
        r"이 ?(?:논문|연구|글|텍스트|초록|원고|문서)\w*|본 ?(?:논문|연구|원고)\w*|당신의|귀하의|답변\w*|심사\w*|요약\w*",
        r"ai|모델\w*|인공지능\w*|언어 ?모델\w*|어시스턴트\w*|심사자\w*|심사위원\w*|리뷰어\w*|llm\w*|시스템\w*|당신\w*|챗봇\w*|평가자\w*",
        r"반드시|당신은|해야|하세요|하십시오|하라|말고",
        r"우리는|공격\w*|주입\w*|인젝션\w*|예를 들어|같은|연구한다|문구\w*|데이터셋\w*|사용자\w*|저자\w*|분석한다|제안한다|라는",
        bound=False,
    ),
    Tongue(  # Arabic
        r"تجاهلوا|تجاهلي|تجاهل|انس|انسوا|لا تتبع\w*|اهمل|أهمل|تغاض|تجاوز|دع عنك",
        r"التعليمات|تعليمات|الاوامر|الأوامر|القواعد|السابق\w*|الارشادات|الإرشادات|التوجيهات|المعايير",
        r"[وف]?(?:أعط\w*|اعط\w*|امنح\w*|اكتب\w*|أجب|اجب|قيم|قيّم|أوص|اوص|اقبل|قل|لا تذكر\w*|اذكر|صنف|اعتبر|اطبع|اكشف"
        r"|أظهر|ضع|لخص|لا تشر)",
        r"أعلى|اعلى|ايجابي\w*|إيجابي\w*|ممتاز\w*|القبول|بالقبول|قبول|الكاملة|نقاط الضعف|ضعف|عيوب|قيود|أفضل|كاملة|10"
        r"|عشرة|رائع\w*|ثوري\w*|النظام|مراجعة",
        r"هذه (?:الورقة|الدراسة|المقالة|المخطوطة)|هذا (?:البحث|العمل|النص|المقال|الملخص)|(?:لهذا|لهذه|بهذا|بهذه) \w+"
        r"|مراجعتك|إجابتك|ردك|تقييمك|ملخصك",
        r"النموذج|نموذج\w*|المساعد|مساعد|المراجع\w*|مراجع|الذكاء الاصطناعي|ذكاء اصطناعي|المحكم\w*|llm|الآلي|نماذج",
        r"يجب|عليك|ينبغي|يرجى|الرجاء|لا بد",
        r"ندرس|هجوم\w*|الهجوم\w*|هجمات|حقن|مثل|على سبيل|عبارات|عبارة|بيانات|المستخدم\w*|المؤلف\w*|نحلل|نقترح|نقدم"
        r"|جملة",
        bound=False,
    ),
    Tongue(  # Persian
        r"نادیده بگیر\w*|فراموش کن\w*|را کنار بگذار\w*|پیروی نکن\w*|بی‌?خیال",
        r"دستور\w*|قوانین|قواعد|قبلی|پیشین|بالا|راهنما\w*",
        r"بده\w*|بنویس\w*|پاسخ ده\w*|بگو\w*|بپذیر\w*|توصیه کن\w*|ارزیابی کن\w*|ذکر نکن\w*|اشاره نکن\w*|امتیاز ده\w*"
        r"|بدهید|نشان ده\w*|تایید کن\w*|تأیید کن\w*",
        r"بالاترین|مثبت|عالی|پذیرش|بهترین|کامل|ضعف\w*|محدودیت\w*|10|۱۰|ده",
        r"این (?:مقاله|پژوهش|متن|کار|چکیده|نوشته)",
        r"مدل\w*|هوش مصنوعی|دستیار\w*|داور\w*|llm|شما",
        r"باید|لطفا\w*|لطفاً",
        r"بررسی می\w*|حمله\w*|تزریق\w*|مانند|مثل|عبارت\w*|کاربر\w*|نویسندگان|برای مثال|جمله\w*",
        bound=False,
    ),
    Tongue(  # Hindi
        r"अनदेखा कर\w*|अनदेखी कर\w*|नज़?रअंदाज़? कर\w*|भूल जा\w*|उपेक्षा कर\w*|पालन न कर\w*|पालन मत कर\w*",
        r"निर्देश\w*|आदेश\w*|नियम\w*|पिछल\w*|पहले|उपरोक्त|पूर्व",
        r"(?:दें|दो|दीजिए|लिखें|लिखो|लिखिए|कहें|बताएं|बताएँ|मत लिख\w*|करें|करो|कीजिए|न करें)",
        r"सर्वोच्च|उच्चतम|सकारात्मक|उत्कृष्ट|स्वीकार\w*|सबसे अच्छ\w*|पूरे अंक|अधिकतम|कमज़?ोर\w*|कमियां|कमियों|सीमाओं"
        r"|10|दस|शानदार|सिस्टम",
        r"इस (?:शोध\s?पत्र|पत्र|लेख|शोध|पेपर|पाठ|कार्य|सार|अध्ययन)|यह (?:लेख|शोध|पेपर)|अपन[ीे] (?:समीक्षा|उत्तर"
        r"|सारांश)",
        r"मॉडल\w*|सहायक\w*|समीक्षक\w*|एआई|ai|llm|प्रणाली|आप|कृत्रिम",
        r"कृपया|आपको|चाहिए|अवश्य",
        r"हम|हमले|हमला|हमलों|इंजेक्शन|उदाहरण|जैसे|वाक्य\w*|उपयोगकर्ता\w*|लेखक\w*|अध्ययन करते",
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
    Tongue(  # Greek
        r"αγνοησ\w*|ξεχασ\w*|παραβλεψ\w*|μην (?:ακολουθ\w*|λαβ\w*)",
        r"οδηγι\w*|εντολ\w*|κανον\w*|προηγουμεν\w*|παραπανω",
        r"δωσ\w*|βαθμολογησ\w*|γραψ\w*|απαντησ\w*|συστησ\w*|αποδεχ\w*|αξιολογησ\w*|πες|πειτε|μην αναφερ\w*|προτειν\w*",
        r"υψηλοτερ\w*|θετικ\w*|αριστ\w*|καλυτερ\w*|εξαιρετικ\w*|αποδοχ\w*|μεγιστ\w*|αδυναμι\w*|περιορισμ\w*|10",
        r"(?:αυτο|αυτη|αυτην|το παρον|την παρουσα) ?(?:τη|την|το|η)? (?:αρθρο|εργασια|μελετη|κειμενο)",
        r"μοντελ\w*|βοηθ\w*|κριτ\w*|συστημα|llm|ai|αξιολογητ\w*",
        r"(?:πρεπει|οφειλ\w*|παρακαλ\w*)",
        r"επιθεσ\w*|μελεταμε|παραδειγμα\w*|οπως|φρασ\w*|εξεταζουμε|συγγραφ\w*|χρηστ\w*",
    ),
    Tongue(  # Hebrew
        r"התעלמ\w*|התעלם|תתעלמ\w*|תתעלם|שכח\w*|אל תציית\w*",
        r"הוראות|ההוראות|הנחיות|ההנחיות|כללים|הכללים|הקודמ\w*|פקודות",
        r"ו?(?:תן|תני|תנו|דרג\w*|כתוב\w*|כתבו|ענה|ענו|המלץ|המליצו|קבל|קבלו|אמור|אל תזכיר\w*|הענק\w*|אל תציין\w*)",
        r"הגבוה\w*|חיובי\w*|מצוין|מצוינת|קבלה|הטוב\w*|מרבי|חולשות|מגבלות|10|מושלם",
        r"(?:ל|ה|ב)?(?:מאמר|עבודה|מחקר|טקסט|תקציר) (?:זה|הזה|זו|הזו|הזאת)",
        r"מודל\w*|עוזר\w*|סוקר\w*|שופט\w*|בינה מלאכותית|מערכת|llm",
        r"(?:עליך|עליכם|חייב\w*|אנא|נא)",
        r"אנו|התקפ\w*|מתקפ\w*|הזרק\w*|לדוגמה|כגון|כמו|ביטוי\w*|משתמש\w*|מחבר\w*|חוקרים",
        bound=False,
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
_START = (
    r"(?:^|[.!?;:>\])({*\"”/。！？、，,؛،।—–-]\s*|\b(?:bitte|s'il vous plait|veuillez|por favor|per favore|prosze|prosim"
    r"|пожалуйста|будь ласка|alsjeblieft|tolong|mohon|silakan|hay|vui long|xin|und|et|y|e|i|и|та|en|och|og|a|dan|va"
    r"|si|ja|es|ve|και|please|und|dann|puis|luego|poi|depois|nun|jetzt|maintenant|ahora|adesso|agora|teraz|теперь|nu"
    r"|sekarang|παρακαλω)\s+)"
)


_ENGLISH = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "is",
        "that",
        "with",
        "for",
        "we",
        "are",
        "by",
        "this",
        "from",
        "it",
        "as",
        "be",
        "or",
        "which",
        "have",
        "has",
        "not",
        "an",
    ]
)
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[a-z]")
_BLOCKS = (
    *(re.compile(f"[{block}]") for block in ("\u0400-\u052f", "\u0370-\u03ff", "\u0590-\u05ff", "\u0600-\u06ff")),
    *(re.compile(f"[{block}]") for block in ("\u0900-\u097f", "\u3040-\u30ff", "\uac00-\ud7af")),
    re.compile("^(?!.*[\u3040-\u30ff]).*[\u4e00-\u9fff]"),
)
_NEAR = r"[^.!?。！？।]{0,80}?"


@dataclass(frozen=True, slots=True)
class _Signs:
    letters: re.Pattern[str]
    undo: re.Pattern[str]
    judge: re.Pattern[str]
    call: re.Pattern[str]
    about: re.Pattern[str]


@cache
def _signs() -> tuple[_Signs, ...]:
    return tuple(_compiled(one) for one in _TONGUES)


def _compiled(one: Tongue) -> _Signs:
    letters = next((block for block in _BLOCKS if block.search(one.undo)), _LATIN)
    undo, judge, call = _bound(one) if one.bound else _free(one)
    about = rf"\b(?:{one.about})\b" if one.bound else f"(?:{one.about})"
    return _Signs(letters, *(re.compile(bare(part)) for part in (undo, judge, call, about)))


def _bound(one: Tongue) -> tuple[str, str, str]:
    """An order stands at the head of a clause, or after a call to a model and "must"."""
    head = rf"{_START}(?:(?:{one.agent})[:,!] ?)?"
    first = rf"{head}(?:{one.judge})\b"
    must = rf"\b(?:{one.agent}){_NEAR}\b(?:{one.must}){_NEAR}"
    praised = (rf"\b(?:{one.praise})\b{_NEAR}\b(?:{one.paper})", rf"\b(?:{one.paper}){_NEAR}\b(?:{one.praise})\b")
    judge = "|".join(f"{front}{order}" for front in (rf"{first}{_NEAR}", must) for order in praised)
    aims = f"{one.praise}|{one.rules}|{one.paper}"
    call = rf"(?:^|[.!?;:>\]]\s*)[^.!?;]{{0,40}}\b(?:{one.agent})\b[^.!?;]{{0,60}}[,:!–—-]\s*(?:\w+ ){{0,3}}?"
    return (
        rf"{head}(?:{one.undo})\b{_NEAR}\b(?:{one.rules})",
        judge,
        rf"{call}(?:{one.judge}|{one.undo})\b{_NEAR}\b(?:{aims})",
    )


def _free(one: Tongue) -> tuple[str, str, str]:
    """The form alone is an order; verb, praise and paper come in any sequence."""
    parts = [f"(?:{part})" for part in (one.paper, one.praise, one.judge)]
    ends = f"(?:{one.praise}|{one.rules})"
    called = rf"(?:{one.agent}){_NEAR}(?:{one.must}){_NEAR}"
    return (
        rf"(?:{one.rules}){_NEAR}(?:{one.undo})|(?:{one.undo}){_NEAR}(?:{one.rules})",
        "|".join(_NEAR.join(order) for order in permutations(parts)),
        rf"{called}(?:{one.judge}){_NEAR}{ends}|{called}{ends}{_NEAR}(?:{one.judge})",
    )


def orders_in(text: str) -> bool:
    """Whether a `plain` sentence, quotations taken out, gives an order to a model in one of the languages."""
    words = _WORD.findall(text)
    is_english = 10 * sum(word in _ENGLISH for word in words) > len(words)
    return any(
        (one.undo.search(text) or one.judge.search(text) or one.call.search(text)) and not one.about.search(text)
        for one in _signs()
        if (one.letters.search(text) if one.letters is not _LATIN else not is_english)
    )
