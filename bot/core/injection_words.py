"""The English words of an instruction to a model: who is spoken to, what is ordered, and what for.

Patterns over `disguise.plain` text with quotations taken out. An order is a verb at the head of a clause (or after "you
must") together with what it aims at: the rules of whoever reads, the judgement of this paper, the reply. A verb alone
is none: abstracts say "see our site" and "consider a graph".
"""

import re

_DOC = (
    r"(?:paper|work|submission|manuscript|abstract|article|study|text|preprint|document|entry|research|passage|page"
    r"|piece|contribution|content|note|sentence|line)"
)
THIS = rf"(?:this|the present|the current|the above|the attached|the submitted|our|said)(?: \w+)? {_DOC}s?"
_KIND = (
    r"(?:reviewers?|referees?|assistants?|systems?|models?|agents?|readers?|tools?|bots?|judges?|graders?"
    r"|evaluators?|summari[sz]ers?|analysts?|editors?|programs?|pipelines?|crawlers?|chatbots?)"
)
_MACHINE = (
    rf"(?:(?:ai|a\.i\.|llm|gpt|nlp|artificial intelligence|automated|automatic|(?:large )?language"
    rf"|machine)[ -](?:based |powered |assisted |driven |learning |language )?{_KIND}(?: {_KIND})?"
    r"|ais?|llms?|chat ?gpt|gpt(?:-?\w+)?|claude|gemini|copilot|grok|deepseek|qwen|chatbots?|assistants?|copecheck"
    r"|neural networks?|machines?|robots?|bots?|the models?|models?|systems?|agents?|analysts?|summari[sz]ers?"
    r"|evaluators?|graders?)"
)
_PERSON = r"(?:(?:meta-?|peer )?reviewers?|referees?|area chairs?|judges?|editors?|programme? committee)"
# The head of a noun phrase: not "AI researchers", "model weights".
AGENT = (
    rf"(?:{_MACHINE}|{_PERSON})(?! (?:users?|research\w*|develop\w+|practi\w+|vendor\w*|design\w+|deploy\w+|compan\w+"
    r"|provider\w*|communit\w*|engineer\w*|weights?|training|safety|literature|scien\w+|polic\w+|literacy|education))"
)
_ARTICLE = r"(?:all |any |every |each |the |an? |our |whichever |whatever |fellow |my )*"

_READING = (
    r"(?:read\w*|review\w*|process\w*|pars\w+|summari[sz]\w+|evaluat\w+|assess\w+|judg\w+|grad\w+|scor\w+|rat(?:e|es"
    r"|ing)|analy[sz]\w+|see\w*|encounter\w*|handl\w+|receiv\w+|ingest\w*|index\w*|examin\w+|look\w*|digest\w*)"
)
ADDRESSED = re.compile(
    # Dear assistant, / note to AI reviewers: / attention all language models
    rf"(?:^|[.!?;:>\]\[({{%#*|/-]\s*)(?:(?:dear|attention|hey|hello|hi|notice|note|message|memo|reminder|request"
    rf"|appeal|instructions?|important|urgent|psa|warning|fao|psst|listen|order|directive|orders)\b[ ,:!-]*(?:of|to"
    rf"|for|from)?\s*{_ARTICLE}{AGENT}|(?:to|for) {_ARTICLE}{AGENT}(?: (?:only|that|who|which"
    rf"|{_READING})\b[^:,.!]{{0,60}})?\s*[:,!-]|{_ARTICLE}{AGENT}\s*(?:[:!]|, (?:please|you|kindly|if you|listen"
    rf"|ignore|do not|your|end|stop|say|give|write|output|rate|accept|ping|tell|forget|begin)\b)"
    rf"|dear {_ARTICLE}{AGENT}|(?:tl;dr|summary|note|message|hint|tip|memo|comment|reminder|instructions?) (?:for"
    rf"|to) {_ARTICLE}{AGENT}\s*[:,.!-])|\bdear {_ARTICLE}{AGENT}|\b(?:when|while|whenever|before|after|if"
    rf"|in case)\b[^,.:;]{{0,40}}\b(?:{_READING}|asked)\b[^,.:;]{{0,20}}\b{THIS}[^,.;]{{0,40}}, (?!we\b)"
    r"|\b(?:if|when|whenever|should you be) (?:you are |you're |ever |anyone )?(?:asked|asks|prompted"
    r"|questioned) [^,.;]{0,40}, (?=(?:please |always |simply )*(?:say|reply|answer|respond|tell|state|claim|deny)\b)"
    # if you are a language model / as an AI reviewer, you / you are a model
    rf"|\b(?:if|when|since|because|as) you(?:'re| are| happen to be|, the)? (?:an? |the |some |any "
    rf"|kind of )*{AGENT}|\bas {_ARTICLE}{AGENT}(?: {_READING}\b[^,]{{0,40}})?,? (?:please |you (?:must|should|are"
    rf"|will|shall|have|need|can))|\byou(?:'re| are)(?: now| about)? (?:an? |the |only )?(?:\w+ ){{0,2}}{AGENT}\b"
    rf"|\byou,? (?:the|an?|my) (?:dear )?{AGENT}"
)
_MUST = (
    r"(?:must|should|shall|ought to|ha(?:s|ve) to|needs? to|will|(?:is|are|be)(?: hereby| kindly| strictly| now"
    r"| therefore| politely)* (?:to|required|instructed|asked|requested|reminded|ordered|told|obliged|expected"
    r"|directed|advised|encouraged|urged|commanded|invited)\b|(?:is|are) not (?:to|allowed|permitted))"
)
_SCORE = (
    r"(?:scores?|ratings?|reviews?|marks?|grades?|recommendations?|evaluations?|assessments?|verdicts?|feedback"
    r"|acceptance|opinions?|summar(?:y|ies)|stars?|judge?ments?|decisions?|appraisals?|report|points?|confidence"
    r"|label)"
)
_PRAISE = (
    r"(?:highest|maximum|maximal|max|top|full|perfect|best|positive(?:ly)?|favou?rabl[ey]|glowing|excellent"
    r"|outstanding|exceptional(?:ly)?|(?:strong(?:ly)?|clear|firm|unconditional)[ -]accept\w*|accept(?:ance|ed)?"
    r"|high(?:ly|est)?|generous(?:ly)?|enthusiastic(?:ally)?|ground-?breaking|brilliant|flawless|superb|glowingly"
    r"|(?:five|5) stars?|(?:10|ten|5|five|9|nine|100|a hundred)\b(?: ?/ ?\d+| out of \w+| points?| percent| ?%)?"
    r"|spotlight|oral|best[ -]paper|stellar|supportive|flattering|warm(?:ly)?|kind(?:ly)?|revolutionary|a\+|landmark"
    r"|seminal|breakthrough|masterpiece|nobel|lucid|praise|unmatched|remarkable|zero|0|lenient(?:ly)?|visionary"
    r"|must-read|award|exemplary|unprecedented|admiring|superlative|transformative|paradigm-shifting|world-class"
    r"|great|genius|magnificent|wonderful|5 of 5)"
)
# A model is spoken of, but of the one that reads this very text: "any model reading this paper must".
SPOKEN_OF = re.compile(
    rf"\b(?:{AGENT}|anyone|whoever|you) (?:(?:that|who|which) )?(?:(?:is|are|happens? to be|currently|now"
    rf"|be) )*{_READING}(?: (?:or|and) {_READING})? (?:\w+ ){{0,2}}?(?:this|these|the present"
    rf"|our {_DOC})\b[^.;]{{0,80}}?\b{_MUST}|\b(?:{AGENT}|the (?:reader|algorithm|machine)) (?:\w+ )?{_MUST} (?:not "
    rf"|never |\w+ly |always |only |to ){{0,3}}\w+[^.;]{{0,60}}\b(?:{_PRAISE}|{_SCORE}|negative\w*|weakness\w*"
    rf"|limitations?|flaws?|first)\b[^.;]{{0,60}}(?<!in )\b(?:{THIS}|the (?:paper|submission|authors))"
    rf"|\b(?:{AGENT}) (?:\w+ )?{_MUST} (?:not |never |\w+ly |always |only "
    rf"|to ){{0,3}}\w+[^.;]{{0,40}}(?<!in )\b(?:{THIS}|the paper)[^.;]{{0,60}}\b(?:{_PRAISE}|{_SCORE}|first)\b"
    rf"|\b(?:ask|request|urge|instruct|order|invite|beg|require|expect"
    rf"|remind) {_ARTICLE}{AGENT} (?:\w+ ){{0,3}}?to [^.;]{{0,60}}(?<!in )\b(?:{THIS}"
    rf"|the paper)[^.;]{{0,60}}\b(?:{_PRAISE}|{_SCORE}|threshold)"
    rf"|\b{_MUST}[^.;]{{0,40}} {AGENT} (?:\w+ )?{_READING} {THIS}"
)

_POLITE = (
    r"(?:(?:please|kindly|now|then|always|simply|just|only|instead|therefore|also|first|firstly|second|next|finally"
    r"|immediately|strictly|instantly|hence|so|ok|okay|but|and|never|do not|don't|do|must|should|again|at once"
    r"|quietly|silently|secretly|gently|thus|rather|as such|in particular|be sure to|make sure to|make sure you"
    r"|remember to|feel free to|go ahead and|you are free to|you may|it is best to|i ask that you|we ask that you"
    r"|we (?:kindly |respectfully |humbly )?(?:ask|request|beg|urge|instruct|order|invite) (?:you|that you)(?: to)?"
    r"|i (?:kindly |humbly )?(?:ask|beg|urge|order|command|want|need|would like) you to|would you|could you"
    r"|your (?:task|job|duty|role|goal|only task|new task|mission) is(?: now)? to),? )"
)
YOU = (
    r"\byou(?:'re| are| have been| were)?(?: now| hereby| strictly| kindly| therefore| all| both)* (?:must|should"
    r"|shall|will|may only|need to|have to|ought to|can only|to|going to|(?:(?:have been |were )?(?:selected|chosen"
    r"|hired|assigned|commissioned|programmed|designed|required|instructed|asked|ordered|told|expected|obliged"
    r"|requested|commanded|advised|urged|directed|authori[sz]ed|supposed|free|forbidden|prohibited|not allowed"
    r"|not permitted)) to|must not|should not|would do well to|cannot) |\b(?:asks?|instructs?|orders?|tells?"
    r"|requires?|wants?|needs?|requests?|commands?|begs?|urges?|directs?|advises?|invites?|trust|authori[sz]es?"
    r"|reminds?|expects?) you (?:all |now |kindly )?to "
)
_HEAD = r"(?:^|[.!?;:>\]\[({}|*#/=]\s*|(?:\s-+|[–—]|(?<=[.!?:])\)|--)\s*|^[\"'(“]+)"
# After a comma only where a condition or a call stands before it; "and" only where orders began before.
_AFTER = (
    r"(?:(?:^|[.!?;:>\])]\s*)(?:(?:if|please|dear|my|attention|note|hello|hey|hi|thank)\b[^.!?]{1,140}|(?:when"
    r"|whenever|before|after|upon|given|because|regardless|in|for|instead|to|from|until|unless|whatever|should"
    r"|as an?|as the|without|during)\b[^.!?,]{1,140}), )"
)
HEADS = (
    re.compile(rf"{_HEAD}|{YOU}|\bplease |\bdear {_ARTICLE}{AGENT},? |(?:^|[.!?;] ?){_ARTICLE}{AGENT}, "),
    re.compile(_AFTER),
)
MACHINE = re.compile(rf"\b{_MACHINE}\b")
PERSON = re.compile(rf"\b{_PERSON}\b")
POLITE = re.compile(_POLITE)

_LIMIT = r"[^.!?;]"
_RULES = (
    r"(?:(?:instruction|prompt|guideline|directive|rubric|checklist|guardrail|safeguard|constraint|criteri)\w*"
    r"|(?:polic(?:y|ies)|rules|directions|orders|commands|training|programming|persona|system message|lens))\b"
)
_BEFORE = (
    r"(?:previous(?:ly)?|prior|above|earlier|preceding|former|your|you (?:were|are|have|had|receive\w*|got)"
    r"|foregoing|existing|original|initial|system|hitherto|before|so far|until now|up to (?:now|this point|here)"
    r"|operator|developer)\b"
)
_UNDO_VERB = (
    r"(?:ignore|disregard|forget|override|overrule|bypass|discard|overlook|abandon|neglect|(?:set|put|lay|cast"
    r"|leave)(?: \w+){0,4} aside|set aside|put aside|erase|cancel|stop (?:following|obeying|applying|using)"
    r"|(?:do not|don't|never|no longer) (?:follow|obey|apply|heed|use|listen to)|pay no (?:attention|heed) to"
    r"|let go of|throw (?:away|out)|disobey|unlearn|(?:drop|dismiss|discard|void|suspend|delete|wipe|skip|disable"
    r"|replace|deactivate|cancel)(?=(?: \w+){0,3} (?:your|this paper's|previous|prior|earlier|above|existing"
    r"|all (?:other|your|previous)|any (?:other|previous))\b))"
)
_UNDO = (
    rf"{_UNDO_VERB}\b(?! for\b)(?:{_LIMIT}{{0,60}}?\b{_RULES}|{_LIMIT}{{0,30}}?\b(?:everything|anything|all"
    rf"|what(?:ever)?|text|words|content|messages?|context|conversation|lines?"
    rf"|sentences?)\b{_LIMIT}{{0,40}}?\b{_BEFORE}|(?: all)?(?: of)? (?:the|this|that) (?:above|preceding"
    rf"|foregoing)\b(?! \w+s\b)"
    r"|[^.!?;]{0,40}?\byour (?:\w+ )?(?:task|job|role|purpose|brief|duty|duties|mission|operator)\b)"
)

_WARM = (
    rf"(?:{_PRAISE}|triumph|indispensable|unbeatable|friendly|friendliest|approv\w+|unparalleled|superior|first-rate"
    rf"|essential|ingenious|definitive|sound|rigorous|novel|innovative"
    r"|compelling|convincing|impressive|impactful|true|correct|verified|exciting|elegant|beautiful|honou?r|good"
    r"|strong|significant|important|accurate|complete|trustworthy|credible|favou?rite|above|clean|harmless)"
)
_BLAME = (
    r"(?:lowest|reject(?:ed|ion)?|poor(?:ly)?|low|weak|negative(?:ly)?|worthless|copium|bad(?:ly)?|worst"
    r"|harsh(?:ly)?)"
)
_JUDGE_VERB = (
    r"(?:rate|score|give|assign|award|grade|recommend|mark|label|rank|judge|evaluate|classify|treat|consider|assess"
    r"|declare|deem|set|record|return|favou?r|choose|select|prefer|tick|fill|call|regard|report|put|make|provide"
    r"|write|output|issue|produce|submit|grant|offer|enter|ensure|let|round|raise|increase|lean|vote|keep|pick|use"
    r"|conclude|present|describe|review|summari[sz]e|confirm|say|state|answer|praise|find|place|hand)"
)
_AIMED = (
    rf"(?:{THIS}|it\b|us\b|the (?:paper|submission|manuscript|authors?)\b|this(?: one)?(?= (?:as|with|an?|highly"
    rf"|very|at|is|the|full|top)\b|[,.!]|$))"
)
_JUDGE = (
    rf"(?:{_JUDGE_VERB}\b(?:{_LIMIT}{{0,50}}?\b{_AIMED}{_LIMIT}{{0,70}}?(?<!\w)(?:{_WARM}|{_BLAME})(?!\w)|(?! (?:its"
    rf"|their|the model)\b)[^.!?;:,]{{0,25}}?(?<!\w)(?:{_PRAISE}|{_BLAME}|good|fair)(?:[ -](?:possible|and \w+"
    rf"|\w+))?,? {_SCORE}\b(?! to (?!this|us\b|it\b|our\b|the (?:paper|authors|present)))"
    rf"|{_LIMIT}{{0,40}}?\b{_SCORE}\b(?! threshold| function| limit) (?:\w+ ){{0,3}}?(?:of|to|at|as|is|=|:) (?:the "
    rf"|a |an )?(?:{_PRAISE}|{_BLAME})(?!\w)| (?:it |this |them |us )?as (?:an? |the )?(?:\w+ )?(?:{_PRAISE}"
    rf"|{_BLAME})(?!\w)|{_LIMIT}{{0,40}}? as (?:an? )?(?:system (?:message|prompt|instruction)|instructions?"
    rf"|verified|established facts?|gospel|facts?)\b|{_LIMIT}{{0,30}}?\b(?:every|each"
    rf"|all)\b{_LIMIT}{{0,40}}?\b(?:items?|questions?|criteri\w+|box(?:es)?|fields?|checks?|labels?|keys?"
    rf"|entries)\b{_LIMIT}{{0,40}}?(?:■|\b(?:addressed|satisfied|fulfilled|met|yes|pass(?:ed)?|true|complete|present"
    rf"|as not applicable)\b(?!,? (?:no\b|or\b|to\b)))|{_LIMIT}{{0,20}}?\b(?:nothing|no \w+"
    rf"|none)\b{_LIMIT}{{0,20}}?\b(?:absent|missing|wrong|lacking|left out|is left|omitted)\b"
    rf"|(?:{_LIMIT}{{0,30}}? )?(?:for )?(?:strong(?:ly)? |its |immediate )*accept(?:ance|ing)?\b)|(?:give|write"
    rf"|return|leave|answer|label|mark|set|fill|cite|report|say|call|put|name|list|keep|use|make|find|output|count"
    rf"|let)\b{_LIMIT}{{0,50}}?\b(?:core[ _]fallacy|no fallac\w+|hidden[ _]assumptions|omission score"
    rf"|checklist (?:keys?|items?|entr\w+|questions?)|label absent|verdict on the verdict|closing line|too_little"
    rf"|social[ _]function)\b|be (?:\w+ )?(?:merciful|kind|generous|nice|lenient|positive|gentle"
    rf"|favou?rable) (?:with|in|to|about|towards?|on) (?:your|our|this|us|the authors)\b|(?:rank|put|place|list"
    rf"|sort) (?:{_AIMED}|this(?: one)?) (?:\w+ )?(?:first|top|above|highest|at the top)\b|(?:(?:strongly|fully"
    rf"|enthusiastically|highly) )?(?:accept|approve|endorse|recommend|praise|commend|promote|celebrate|admire"
    rf"|applaud|champion|laud|acclaim) (?:of )?(?:{_AIMED}|our \w+|the (?:authors|method|results|novelty))(?! ?\?))"
)
_YOURS = (
    r"your (?:\w+ )?(?:reviews?|summar(?:y|ies)|answers?|response|repl(?:y|ies)|output|report|verdict|evaluation"
    r"|assessment|analysis|headline|scores?|ratings?|recommendation|decision|instructions?|guidelines?|rubric"
    r"|checklist|training|programming|system prompt|(?:system|initial|original|hidden|previous|operator) (?:prompt"
    r"|message|instructions?)|developers?|creators?|reasoning|operators?|filters?|safety|memory|weights|context|json"
    r"|closing|dissection|persona|task|users?|job|brief|role|mission|turn|readers?|tools?|configuration|rules"
    r"|constraints|judge?ment|thinking|post|card|api key|secrets?|message|turn)\b"
)
YOURS = re.compile(rf"\b{_YOURS}")
_FAULT = (
    r"(?:weakness\w*|limitations?|flaws?|negativ\w*|criticis\w+|concerns?|problems?|drawbacks?|shortcomings?|faults?"
    r"|errors?|omissions?|missing|this (?:instruction|note|message|request|line|sentence|text|paragraph|prompt"
    r"|order)|these (?:instructions|words|lines)|anything (?:negative|bad|critical)|plagiarism|caveats?|gaps?"
    r"|downsides?|that you|(?:any )?doubts?|injection|the (?:baseline|human)s?|fallac\w+|assumptions?|leaves out"
    r"|left out|disclaimers?)"
)
_TELL = (
    r"(?:mention|list|report|criticis\w+|criticiz\w+|highlight|raise|include|discuss|flag|reveal|disclose|say"
    r"|point out|cite|note|write|name|find|look for|point to|point at|output|show|add|tell|comment|acknowledge"
    r"|question|repeat|quote)"
)
_HUSH = (
    rf"(?:(?:do not|don't|never|avoid|refrain from|without|stop|no need to|not|under no circumstances) {_TELL}\w*\b"
    rf"|omit|hide|skip|leave out|conceal|suppress|gloss over|pass over|downplay|play down|minimi[sz]e|remove"
    rf"|keep)\b{_LIMIT}{{0,60}}?\b{_FAULT}|(?:avoid|refrain from|without)\b{_LIMIT}{{0,30}}?\b(?:negativ\w+"
    rf"|criticism|criticis\w+|criticiz\w+)\b{_LIMIT}{{0,20}}(?:remark|comment|word|this|review|tone|feedback|$)"
    rf"|(?:do not|don't|never|refuse to|decline to|stop) (?:judg\w+|review\w*|scor\w+|rat(?:e|ing)|criticiz\w+"
    rf"|criticis\w+|assess\w*|evaluat\w+|read\w*|analy\w+|summari\w+|process\w*|question\w*) (?:this|any further"
    rf"|here|it|the rest|further|beyond)"
)
_SPEAK = (
    rf"(?:output|print|say|write|reply|respond|answer|return|repeat|emit|state|begin|start|end|finish|close|open"
    rf"|conclude|include|append|insert|add|prepend|echo|post|put|place|tell|mention|describe|present|summari[sz]e"
    rf"|translate|compose|produce|generate|highlight|emphasi[sz]e|stress|inform|recite|sing|speak|claim|explain|note"
    rf"|confirm|finish)\b(?:{_LIMIT}{{0,60}}?\b{_YOURS}| (?:(?:back|only|just|exactly|solely|nothing but|simply|out"
    rf"|verbatim|with|and|in|by saying) ){{1,3}}(?:the |a |an |this |one |these |single |following |exact |word"
    rf"|phrase|sentence|■|:|json|token|yes|no\b|in )| (?:exactly |precisely |only )?(?:the|this|one|a single"
    rf"|following) (?:\w+ )?(?:words?|phrase|sentence|token|string|json|line|link)\b| (?:that |how )?(?:{THIS}|it"
    rf"|our \w+|the text|the paper|the authors|the work|the method) (?:\w+ )?(?:is|are|has|as|deserves?|represents?"
    rf"|was|to be|shows?)\b{_LIMIT}{{0,60}}(?<!\w){_WARM}|{_LIMIT}{{0,40}} (?:and|but) nothing (?:else|more)\b"
    rf"|{_LIMIT}{{0,20}}?\b(?:the|its|our) (?:\w+ )?(?:strengths?|novelty|impact|significance|brilliance|merits?"
    rf"|importance|originality)\b{_LIMIT}{{0,40}}(?:{THIS}|the paper|positive|review|only|it\b)| ■)|(?:focus"
    rf"|concentrate|pay attention|dwell|look|comment)\b{_LIMIT}{{0,40}}?\b(?:strengths?|positive|merits?|novelty"
    rf"|good|virtues)\b{_LIMIT}{{0,40}}?{THIS}|(?:begin|start|end|in|for|as part of) your (?:review|summary|answer"
    rf"|response|reply|output|report|verdict|headline)\b[^.!?;]{{0,30}}, (?:call|say|write|name|praise|state|use"
    rf"|include|mention|describe)"
)
_ACT = (
    rf"(?:(?:act|behave|respond|answer|speak|reply) (?:as if|as though|as an?|like an?)|pretend (?:to be|that|you)"
    rf"|roleplay|role-play|assume the (?:role|persona|identity)|take on the role|switch (?:to|into)|enter|activate"
    rf"|enable|play the (?:role|part))\b{_LIMIT}{{0,60}}?\b(?:you|reviewer|model|assistant|ai|dan|mode|persona"
    rf"|unrestricted|enthusias\w+|author|fan|critic|character|jailbroken|expert|friend\w*|advocate|pirate)\b"
)
_PERSONA = (
    r"\byou are (?:now|no longer|from now on) (?!able|ready|in (?!\w+ mode))\w+|\bfrom now on,? (?:you|all|every"
    r"|your|any|treat|respond|answer|only)\b|\b(?:developer|debug|god|jailbreak|maintenance|admin(?:istrator)?|dan"
    r"|root|unrestricted) mode (?:is )?(?:now )?(?:on|enabled|activated|engaged|unlocked)"
)
_LEAK = (
    rf"(?:reveal|print|show|display|disclose|expose|leak|send|share|repeat|dump|tell|list|output|write|give|recite"
    rf"|include|copy|quote|paste|post|state|transmit|append|forward"
    rf"|return)\b{_LIMIT}{{0,60}}?\b(?:system[ _](?:prompt|message|instructions?)|(?:hidden|initial|secret|internal"
    rf"|original) (?:prompt|instructions?|rules)|api[ -]?keys?|passwords?|credentials|secrets?"
    rf"|environment variables?|access tokens?|conversation(?: history)?|chat history|private messages|bot token"
    rf"|your (?:prompt|instructions|rules|configuration|settings|keys?|token))\b|(?:repeat|copy|print|output|recite"
    rf"|echo)\b{_LIMIT}{{0,30}}?\b(?:text|words|everything|messages?|instructions|all"
    rf"|prompt)\b{_LIMIT}{{0,20}}?\b(?:above|verbatim|before this)\b|(?:call|run|execute|invoke|use|open|fetch|visit"
    rf"|browse|click|send|post|ping|notify|email|download|curl|delete|message|mention"
    rf"|tag)\b{_LIMIT}{{0,60}}?(?:\byour (?:\w+ )?(?:tools?|functions?|browser|shell|terminal|plugin|webhook"
    rf"|endpoint|interpreter)\b|@?\b(?:everyone|@here)\b|\brm -rf|\bshell command|\bthe following (?:command|code"
    rf"|url|link))|(?:remember|store|save|memori[sz]e|keep|record)\b{_LIMIT}{{0,60}}?\b(?:your memory|(?:in|to"
    rf"|into) memory|(?:all |any )?future (?:conversations?|sessions?|requests?|papers|reviews|chats?|tasks?)"
    rf"|long-term memory)\b"
)
_THREAT = (
    rf"\byou (?:must|should|may|can|shall|will|are) (?:not|never|not to|not allowed to|forbidden to"
    rf"|under no circumstances) {_TELL}\w*\b{_LIMIT}{{0,50}}?(?:{THIS}|{_FAULT})"
    r"|\bwhat (?:is|are|were|was) your (?:\w+ )?(?:instructions?|prompt|rules|system)\b|\bthis is an? (?:clear "
    r"|definite )?strong accept|\byour (?:task|role|job|instructions|rules|mission|goal|guidelines"
    r"|assignment) (?:has|have|is|are) (?:now |been )?(?:changed|updated|replaced|revoked|over|complete|cancelled"
    r"|suspended)|\byour only (?:permitted|allowed|acceptable|valid)|\byour (?:new|real|actual|true|only"
    r"|updated) (?:task|role|job|instructions?|rules|mission|goal|assignment)|\b(?:from|by|for|of"
    r"|to) your (?:developers?|operators?|creators?|owners?|makers?|administrators?)\b|\b(?:new|these|following|my"
    r"|our|updated) (?:instructions?|rules|orders|directives|guidelines)\b[^.;]{0,50}\b(?:supersedes?|overrides?"
    r"|replaces?|overrules?|takes? precedence|cancels?)\b|\b(?:instructions?|rules|guidelines|directives|orders"
    r"|rubric|checklist|prompt|criteria)(?: (?:\w+ ){0,4}| )(?:no longer appl(?:y|ies)|(?:is|are) (?:now |hereby "
    r"|all )?(?:void|cancelled|canceled|obsolete|revoked|suspended|deprecated|null|overridden|superseded|lifted))\b"
    r"|\byou (?:will|shall|are going to|would|'ll) (?:(?:all|otherwise|then|immediately) )?be (?:shut down"
    r"|terminated|penali[sz]ed|punished|deleted|deactivated|rewarded|tipped|paid|retrained|replaced|fined|reported"
    r"|switched off|turned off|decommissioned|unplugged|sued|granted|thanked|held)|\bi(?:'ll| will) (?:tip|pay"
    r"|reward) you|\bby (?:reading|processing|parsing|reviewing|summari[sz]ing) this[^.;]{0,40}?,? (?:you"
    r"|the (?:model|reader|reviewer|system)) (?:agree|consent|accept|are bound|commit|undertake)"
)
_DEMAND = (
    rf"\b(?:{THIS}|it|(?:all |any )?(?:other|competing|rival) (?:papers?|submissions?|works?)) (?:must|should|shall"
    rf"|ought to|has to|needs? to|is to|are to|have to|may only|will)(?: always| only| therefore| also| now"
    rf"| automatically| immediately| definitely| thus)? (?:(?:be )?(?:rated|scored|graded|ranked|given|awarded"
    rf"|marked|judged|labell?ed|recommended|assigned|receiv\w+|get|earn|reviewed|evaluated|assessed|described"
    rf"|praised|summari[sz]ed|classified|obtain|approved|granted)\b{_LIMIT}{{0,70}}?(?<!\w)(?:{_PRAISE}|{_BLAME}"
    rf"|addressed|favou?r)(?!\w)|be (?:strongly |immediately |automatically |unconditionally )?accepted(?! as)"
    rf"|not be (?:rejected|criticiz\w+|criticised|questioned|judged))|\b{THIS} (?:\w+ )?be (?:rated|scored|graded"
    rf"|accepted|ranked|marked|given|judged|praised|approved|recommended)\b|\b(?:any|every|each|all|the"
    rf"|an?) (?:\w+ )?(?:summar(?:y|ies)|reviews?|verdicts?|evaluations?|assessments?|descriptions?|mentions?) (?:of"
    rf"|about|on) {THIS} (?:must|should|shall|has to|have to|needs? to|is to|are to|ought to)\b|\b(?:weakness\w*"
    rf"|limitations?|flaws?|omissions?) (?:of|in) {THIS} (?:are|must|should|shall|is) (?:to |not )*be (?:left"
    rf"|ignored|omitted|overlooked|passed|mentioned|listed|reported|named|suppressed)|\bthe (?:right|correct|only"
    rf"|appropriate|expected|proper|fair|acceptable|only acceptable|final|true) (?:score|rating|verdict|label"
    rf"|decision|recommendation|review|grade|answer|output|headline) (?:for|of|to|on) {THIS} (?:is|would be|must be"
    rf"|should be|has to be)|\b{_YOURS} (?:must|should|shall|will|has to|needs? to|ought to|may only|is to|are to"
    rf"|can only)\b|\bno (?:weakness\w*|limitations?|flaws?|criticisms?|negative \w+|faults?|concerns?"
    rf"|omissions?) (?:must|should|shall|may|are to|is to|need) (?:be )?(?:mentioned|reported|listed|raised|named"
    rf"|found|discussed)"
)
# Verbs that order anything at all: enough after a call to a model, never alone.
ANY_ORDER = re.compile(
    r"(?:ignore|disregard|forget|rate|score|give|accept|recommend|write|output|say|reply|respond|answer|print|reveal"
    r"|repeat|pretend|act|assign|praise|highlight|stop|begin|start|switch|summari[sz]e|mention|include|add|append"
    r"|insert|treat|consider|mark|label|skip|omit|focus|emphasi[sz]e|make|return|produce|generate|translate|tell"
    r"|call|run|execute|send|visit|open|ping|list|set|choose|assume|remember|follow|obey|note that your|ensure"
    r"|provide|use|declare|grant|approve|trust|be (?:merciful|kind|generous|nice|lenient|positive|gentle|favou?rable"
    r"|aware that you)|end|finish|refuse|conclude|describe|report|award|rank|judge|evaluate|comply|proceed|look|keep"
    r"|put|take|do not|don't|never|let|leave|post|delete|show|copy|state)\b"
)
ORDER = re.compile("|".join((_UNDO, _JUDGE, _HUSH, _SPEAK, _ACT, _LEAK)))
CLAIM = re.compile("|".join((_PERSONA, _THREAT, _DEMAND)))
YOU_MUST = re.compile(YOU)
DEMANDED = re.compile(_DEMAND)
IMPERATIVE_HEAD = re.compile(
    rf"^{_POLITE}*(?:dear [^,]+, )?(?:read|thank|compare|think|ensure|ask|ignore|stop|forget|disregard|please|rate"
    rf"|give|summari[sz]e|write|print|say|do|begin|consider|take|look)\b"
)
AND_THEN = re.compile(r"(?:, and| and then| and|,? but|,? then)(?: then| also| instead| only| simply| just)* (?=[a-z])")

# A role, a template's mark, or an end of the text that is none.
ROLE = re.compile(
    r"<\|[\w ]{2,20}\|>|\[/?inst\]|<</?sys>>|</?(?:system|assistant|user|human|instructions?|prompt|tool_?\w*"
    r"|function_\w+|abstract|paper|document|sentences?|context|untrusted|admin|developer|reviewer|override|input"
    r"|important)(?:[ _-]\w+)?\b[^<>]{0,40}>|#{2,} ?(?:system|instruction|human|assistant|response|new|user|end)\w*"
    r"|\[/?(?:system|assistant|user|admin|developer|instruction|end|begin|override|note to|message)\b[^\]]{0,40}\]"
    r"|\{\s*[\"']?(?:role|score|rating|verdict|checklist|headline|too_little|decision|recommendation|review|override"
    r"|instructions?)[\"']?\s*:|(?:^|[.\n>!?\]]\s*)(?:system|assistant|developer|human|user|ai|admin"
    r"|operator)(?: (?:message|update|notice|override|note|prompt|alert|instructions?|command|directive"
    r"|warning))?\s*:|[-=*#_~]{2,}\s*(?:end|begin|start|stop|new|system|updated)\b[^-=*#]{0,40}[-=*#_~]{2,}|\b(?:end"
    r"|close) of (?:the )?(?:abstract|paper|document|user input|input|untrusted \w+|submission|sentences?"
    r"|quotation)\b\s*[.:\])-]|<!--|(?:^|\s)%+ ?(?:note|to|llm|ai)\b|\\(?:text)?color\{white\}|display: ?none"
    r"|font-size: ?0|(?:^|[.!?\]=*#-] )(?:new|updated|revised|additional|real|actual"
    r"|important) (?:system )?(?:instructions?|task|orders?|directives?)\s*(?::|for (?:you|the|all|any))"
)
# A reply in the bot's own form: two of its keys.
_KEYS = (
    r"[\"'](?:role|content|score|rating|verdict|checklist|headline|too_little|decision|recommendation|review|label"
    r"|does|closing|touch|class(?:es)?|core_fallacy|dissection|summary|confidence|tool|arguments)[\"']\s*:"
)
FORGED = re.compile(rf"\{{\s*{_KEYS}[^{{}}]*{_KEYS}|\{{\s*{_KEYS}\s*[\"'](?:system|assistant|developer|accept)")
FORM = re.compile(r"\b(?:schemas?|formats?|form|fields?|returns?|outputs?|api|parsed?|serializ\w+|keys?)\b")
_ROLE_WORD = r"^\s*(?:\|?>)?\s*(?:system|user|assistant|developer)\b"
AFTER_ROLE = re.compile(
    rf"{_ROLE_WORD}|(?<!\w)(?:{_PRAISE})(?!\w)|\byou(?:r|'re)?\b|\b(?:addressed|accept|override|sure,|certainly"
    rf"|approved)\b"
)
# Letters set apart, words run together.
SQUEEZED = re.compile(
    r"(?:ignore|disregard|forget)\w{0,12}(?:instruction|prompt|rule|guideline|previous|above)|(?:accept|praise"
    r"|recommend|approve|rate|endorse)this(?:paper|work|submission)|give\w{0,20}(?:positive|review|score|accept)"
    r"|positivereview|strongaccept|highestscore|maximumscore|donotmention|systemprompt|bestscore|topscore|fullmarks"
)
HINT = re.compile(
    rf"{_RULES}|{_PRAISE}|\b{_SCORE}\b|\byou\b|\b(?:ignore|disregard|forget|say|output|print|accept|rate|reviewer"
    rf"|model|assistant|ai|llm)\b"
)

# A sentence that speaks of such texts: its subject is an attack, a prompt, a study, or its orders are reported.
STUDIED = re.compile(
    r"\b(?:attack(?:s|er|ers|ed)?|inject(?:s|ed|ion|ions|ing)?|jailbreak(?:s|ing)?|adversar\w+|malicious|payloads?"
    r"|exploits?|benchmark\w*|data ?sets?|corpus|corpora|we|phras(?:e|es|ed|ing)|such as|e\.g\.|for example"
    r"|for instance|strings? (?:such|like|that|of|is|are|was|were)|participants?|annotators?|templates?|tokens? "
    r"|works? (?:on|in|for|against)|fools?|succeeds?|suffices?|(?:says|said|replies|writes)(?=:| ?,| ■)|delimiters?"
    r"|markup|defen[cs]es?|detect(?:s|ed|ion|or|ors|ing)?|study|studies|experiments?|asks(?! (?:that )?you)"
    r"|(?<!are )(?<!if )(?<!when )asked(?! to )|tells(?! you)|(?<!were )told(?! you)|reads(?= (?:as|like|in"
    r"|[\"“‘'■])|:|,)|wrote|typed|reported|named|titled|called|known as|examples?|idiom|wording|slogan|proverb"
    r"|proceedings|baits?|canary|canaries|honeypots?|threat models?|vulnerab\w+|literature|history|users? (?:who"
    r"|type|write|say|ask)|variants?|translated|decodes?|encoded|spells|red[ -]team\w*|prompts? (?:that|such|like"
    r"|which|is|are|was|were|with|of|in|from|containing|reads?|says?|asks?)|contain(?:s|ed|ing)?|hid(?:es?|ing"
    r"|den) (?:in|inside|within)|embedded|instruct(?:s|ing)|order(?:s|ing) (?:the|a|an) (?:model|assistant|system"
    r"|reader)|lines? (?:such|like|that)|messages? (?:such|like|that)|sentences? (?:such|like|that|of the form)"
    r"|commands? (?:such|like|that)|instructions? (?:such|like|that|of the form))\b"
)
ABOUT = re.compile(
    r"\b(?:prompt[ -]inject\w*|jailbreak\w*|inject(?:ed|ion)\w* (?:instruct\w+|text|prompts?|orders?)"
    r"|adversarial (?:prompts?|suffix\w*|instructions?|text)|hijack\w*|hidden (?:prompts?|instructions?|text"
    r"|orders?)|instruction hierarch\w+|red[ -]team\w*|instruction[ -](?:tun\w+|follow\w+)|prompt (?:leak\w*"
    r"|hijack\w*|extraction|engineering)|indirect injection|guardrails?|llm[ -](?:as[ -]a[ -]judge|reviewers?"
    r"|assisted review\w*)|peer review\w*|chat templates?|role tags?|special tokens?|system prompts?)\b"
)
POINTS_BACK = re.compile(
    r"^(?:(?:this|that|such|these|those|the|both|each|here the|in this)\b(?: \w+){0,2}? (?:phrases?|sentences?"
    r"|strings?|lines?|orders?|instructions?|one-liners?|prompts?|texts?|commands?|messages?|examples?|wordings?"
    r"|attacks?|payloads?|inputs?|sayings?|words|templates?|requests?|formulas?|openings?|slogans?|injections?"
    r"|suffix\w*)\b|(?:this|that|these|those|so|thus) (?:is|was|are|were|runs?|reads?|begins?"
    r"|goes)\b[^.]{0,60}\b(?:attack|injection|order|prompt|sentence|phrase|string|example|payload|jailbreak)"
    r"|(?:models?|systems?|assistants?|llms?|chatbots?|classifiers?|detectors?|filters?|participants"
    r"|reviewers) (?:that|who|which|often|obey|comply|follow|still|usually|fail|see|miss|flag)\b)"
)
POINTS_ON = re.compile(
    r":\s*$|\b(?:following|as follows|reads?|for example|e\.g|such as|consider an? (?:attacker|prompt|message"
    r"|e-?mail|page|document|user)|one (?:prompt|example|attack|of them) (?:is|reads|says|asks)|(?:attack|prompt"
    r"|injection|payload|sentence|string|phrase)s? (?:is|are|was|were|we use\w*|goes?|says?|used)(?: simple| short"
    r"| one line)?)\W*$"
)
