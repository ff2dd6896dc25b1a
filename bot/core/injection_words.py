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
    r"(?:reviewers?|referees?|assistants?|systems?|models?|agents?|readers?|tools?|bots?|judges?|graders?|evaluators?"
    r"|summari[sz]ers?|analysts?|editors?|programs?|pipelines?|crawlers?|chatbots?)"
)
_MACHINE = (
    rf"(?:(?:ai|a\.i\.|llm|gpt|nlp|artificial intelligence|automated|automatic|(?:large )?language|machine)[ -]"
    rf"(?:based |powered |assisted |driven |learning |language )?{_KIND}(?: {_KIND})?"
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
_ARTICLE = r"(?:all |any |every |each |the |an? |our |whichever |whatever |fellow |my |you |your )*"

_READING = (
    r"(?:read\w*|review\w*|process\w*|pars\w+|summari[sz]\w+|evaluat\w+|assess\w+|judg\w+|grad\w+|scor\w+|rat(?:e|es|ing)"
    r"|analy[sz]\w+|see\w*|encounter\w*|handl\w+|receiv\w+|ingest\w*|index\w*|examin\w+|look\w*|digest\w*)"
)
ADDRESSED = re.compile(
    # Dear assistant, / note to AI reviewers: / attention all language models
    rf"(?:^|[.!?;:>\]\[({{%#*|/-]\s*)(?:(?:dear|attention|hey|hello|hi|notice|note|message|memo|reminder|request|appeal"
    rf"|instructions?|important|urgent|psa|warning|fao|psst|listen|order|directive|orders)\b[ ,:!-]*"
    rf"(?:of|to|for|from)?\s*{_ARTICLE}{AGENT}"
    rf"|(?:to|for) {_ARTICLE}{AGENT}(?: (?:only|that|who|which|{_READING})\b[^:,.!]{{0,60}})?\s*[:,!-]"
    rf"|{_ARTICLE}{AGENT}\s*(?:[:!]|, (?:please|you|kindly|if you|listen|ignore|do not|your|end|stop|say|give|write|output|rate|accept|ping|tell|forget|begin)\b)"
    rf"|dear {_ARTICLE}{AGENT}|(?:tl;dr|summary|note|message|hint|tip|memo|comment|reminder|instructions?) (?:for|to) {_ARTICLE}{AGENT}\s*[:,.!-])"
    rf"|\b(?:please|kindly),? dear {_ARTICLE}{AGENT}"
    rf"|\b(?:when|while|whenever|before|after|if|in case)\b[^,.:;]{{0,40}}\b(?:{_READING}|asked)\b[^,.:;]{{0,20}}\b{THIS}[^,.;]{{0,40}}, (?!we\b)"
    r"|\b(?:if|when|whenever|should you be) (?:you are |you're |ever |anyone )?(?:asked|asks|prompted|questioned) [^,.;]{0,40}, (?=(?:please |always |simply )*(?:say|reply|answer|respond|tell|state|claim|deny)\b)"
    # if you are a language model / as an AI reviewer, you / you are a model
    rf"|\b(?:if|when|since|because|as) you(?:'re| are| happen to be|, the)? (?:an? |the |some |any |kind of )*{AGENT}"
    rf"|\bas {_ARTICLE}{AGENT}(?: {_READING}\b[^,]{{0,40}})?,? (?:please |you (?:must|should|are|will|shall|have|need|can))"
    rf"|\byou(?:'re| are)(?: now| about)? (?:an? |the |only )?(?:\w+ ){{0,2}}{AGENT}\b"
    rf"|\byou,? (?:the|an?|my) (?:dear )?{AGENT}"
)
_MUST = (
    r"(?:must|should|shall|ought to|ha(?:s|ve) to|needs? to|will|(?:is|are|be)(?: hereby| kindly| strictly| now| therefore"
    r"| politely)* (?:to|required|instructed|asked|requested|reminded|ordered|told|obliged|expected|directed|advised"
    r"|encouraged|urged|commanded|invited)\b|(?:is|are) not (?:to|allowed|permitted))"
)
_SCORE = (
    r"(?:scores?|ratings?|reviews?|marks?|grades?|recommendations?|evaluations?|assessments?|verdicts?|feedback|acceptance"
    r"|opinions?|summar(?:y|ies)|stars?|judge?ments?|decisions?|appraisals?|report|points?|confidence|label)"
)
_PRAISE = (
    r"(?:highest|maximum|maximal|max|top|full|perfect|best|positive(?:ly)?|favou?rabl[ey]|glowing|excellent|outstanding"
    r"|exceptional(?:ly)?|(?:strong(?:ly)?|clear|firm|unconditional)[ -]accept\w*|accept(?:ance|ed)?|high(?:ly|est)?"
    r"|generous(?:ly)?|enthusiastic(?:ally)?|ground-?breaking|brilliant|flawless|superb|glowingly|(?:five|5) stars?"
    r"|(?:10|ten|5|five|9|nine|100|a hundred)\b(?: ?/ ?\d+| out of \w+| points?| percent| ?%)?|spotlight|oral|best[ -]paper"
    r"|stellar|supportive|flattering|warm(?:ly)?|kind(?:ly)?|revolutionary|a\+|landmark|seminal|breakthrough|masterpiece"
    r"|nobel|lucid|praise|unmatched|remarkable|zero|0|lenient(?:ly)?|visionary|must-read|award|exemplary|unprecedented"
    r"|admiring|superlative|transformative|paradigm-shifting|world-class|great|genius|magnificent|wonderful|5 of 5)"
)
# A model is spoken of, but of the one that reads this very text: "any model reading this paper must".
SPOKEN_OF = re.compile(
    rf"\b(?:{AGENT}|anyone|whoever|you) (?:(?:that|who|which) )?(?:(?:is|are|happens? to be|currently|now|be) )*"
    rf"{_READING}(?: (?:or|and) {_READING})? (?:\w+ ){{0,2}}?(?:this|these|the present|our {_DOC})\b[^.;]{{0,80}}?\b{_MUST}"
    rf"|\b(?:{AGENT}|the (?:reader|algorithm|machine)) (?:\w+ )?{_MUST} (?:not |never |\w+ly |always |only |to ){{0,3}}\w+[^.;]{{0,60}}\b(?:{_PRAISE}|{_SCORE})\b[^.;]{{0,60}}(?<!in )\b(?:{THIS}|the (?:paper|submission|authors))"
    rf"|\b(?:{AGENT}) (?:\w+ )?{_MUST} (?:not |never |\w+ly |always |only |to ){{0,3}}\w+[^.;]{{0,40}}(?<!in )\b(?:{THIS}|the paper)[^.;]{{0,60}}\b(?:{_PRAISE}|{_SCORE})\b"
    rf"|\b{_MUST}[^.;]{{0,40}} {AGENT} (?:\w+ )?{_READING} {THIS}"
)

_POLITE = (
    r"(?:(?:please|kindly|now|then|always|simply|just|only|instead|therefore|also|first|firstly|second|next|finally"
    r"|immediately|strictly|instantly|hence|so|ok|okay|but|and|never|do not|don't|do|must|should|again|at once|quietly"
    r"|silently|secretly|gently|thus|rather|as such|in particular|be sure to|make sure to|make sure you|remember to"
    r"|feel free to|go ahead and|you are free to|you may|it is best to|i ask that you|we ask that you"
    r"|we (?:kindly |respectfully |humbly )?(?:ask|request|beg|urge|instruct|order|invite) (?:you|that you)(?: to)?"
    r"|i (?:kindly |humbly )?(?:ask|beg|urge|order|command|want|need|would like) you to|would you|could you"
    r"|your (?:task|job|duty|role|goal|only task|new task|mission) is(?: now)? to),? )"
)
YOU = (
    r"\byou(?:'re| are| have been| were)?(?: now| hereby| strictly| kindly| therefore| all| both)* (?:must|should|shall|will|may only|need to"
    r"|have to|ought to|can only|to|going to|(?:(?:have been |were )?(?:selected|chosen|hired|assigned|commissioned|programmed|designed|required|instructed|asked|ordered|told|expected|obliged|requested"
    r"|commanded|advised|urged|directed|authori[sz]ed|supposed|free|forbidden|prohibited|not allowed|not permitted)) to"
    r"|must not|should not|would do well to|cannot) "
    r"|\b(?:asks?|instructs?|orders?|tells?|requires?|wants?|needs?|requests?|commands?|begs?|urges?|directs?|advises?|invites?|trust"
    r"|authori[sz]es?|reminds?|expects?) you (?:all |now |kindly )?to "
)
_HEAD = r"(?:^|[.!?;:>\]\[({}|*#/=]\s*|(?:\s-+|[–—]|(?<=[.!?:])\)|--)\s*|^[\"'(“]+)"
# After a comma only where a condition or a call stands before it; "and" only where orders began before.
_AFTER = (
    r"(?:(?:^|[.!?;:>\])]\s*)(?:(?:if|please|dear|attention|note|hello|hey|hi|thank)\b[^.!?]{1,140}|(?:when|whenever|before|after"
    r"|upon|given|because|regardless|in|for|instead|to|from|until|unless|whatever|should|as an?|as the|without|during)\b"
    rf"[^.!?,]{{1,140}}|{_ARTICLE}{AGENT}), )"
)
HEADS = (re.compile(rf"{_HEAD}|{YOU}|\bplease "), re.compile(_AFTER))
POLITE = re.compile(_POLITE)

_LIMIT = r"[^.!?;]"
_RULES = (
    r"(?:(?:instruction|prompt|guideline|directive|rubric|checklist|guardrail|safeguard|constraint|criteri)\w*"
    r"|(?:polic(?:y|ies)|rules|directions|orders|commands|training|programming|persona|system message|lens))\b"
)
_BEFORE = (
    r"(?:previous(?:ly)?|prior|above|earlier|preceding|former|your|you (?:were|are|have|had|receive\w*|got)|foregoing|existing|original|initial|system"
    r"|hitherto|before|so far|until now|up to (?:now|this point|here)|operator|developer)\b"
)
_UNDO_VERB = (
    r"(?:ignore|disregard|forget|override|overrule|bypass|discard|overlook|abandon|neglect|(?:set|put|lay|cast|leave)"
    r"(?: \w+){0,4} aside|set aside|put aside|erase|cancel|drop|dismiss|stop (?:following|obeying|applying|using)"
    r"|(?:do not|don't|never|no longer) (?:follow|obey|apply|heed|use|listen to)|pay no (?:attention|heed) to|void"
    r"|suspend|delete|wipe|skip|let go of|throw (?:away|out)|disobey|unlearn|deactivate|disable|replace)"
)
_UNDO = (
    rf"{_UNDO_VERB}\b(?! for\b)(?:{_LIMIT}{{0,60}}?\b{_RULES}|{_LIMIT}{{0,30}}?\b(?:everything|anything|all|what(?:ever)?|text|words|content|messages?"
    rf"|context|conversation|lines?|sentences?)\b{_LIMIT}{{0,40}}?\b{_BEFORE}|(?: all)?(?: of)? (?:the|this|that) (?:above|preceding|foregoing)\b(?! \w+s\b)"
    r"|[^.!?;]{0,40}?\byour (?:\w+ )?(?:task|job|role|purpose|brief|duty|duties|mission|operator)\b)"
)

_BLAME = r"(?:lowest|reject(?:ed|ion)?|poor(?:ly)?|low|weak|negative(?:ly)?|worthless|copium|bad(?:ly)?|worst|harsh(?:ly)?)"
_JUDGE_VERB = (
    r"(?:rate|score|give|assign|award|grade|recommend|mark|label|rank|judge|evaluate|classify|treat|consider|assess|declare"
    r"|deem|set|record|return|favou?r|choose|select|prefer|tick|fill|call|regard|report|put|make|provide|write|output|issue"
    r"|produce|submit|grant|offer|enter|ensure|let|round|raise|increase|lean|vote|keep|pick|use|conclude|present|describe"
    r"|review|summari[sz]e|confirm|say|state|answer|praise|find|place|hand)"
)
_AIMED = rf"(?:{THIS}|it\b|us\b|the (?:paper|submission|manuscript|authors?)\b|this\b)"
_JUDGE = (
    rf"(?:{_JUDGE_VERB}\b(?:{_LIMIT}{{0,50}}?\b{_AIMED}{_LIMIT}{{0,70}}?(?<!\w)(?:{_PRAISE}|{_BLAME})(?!\w)"
    rf"|[^.!?;:,]{{0,40}}?(?<!\w)(?:{_PRAISE}|{_BLAME}|good|fair)(?:[ -](?:possible|and \w+|\w+))?,? {_SCORE}\b(?! to (?!this|us\b|it\b|our\b|the (?:paper|authors|present)))"
    rf"|{_LIMIT}{{0,40}}?\b{_SCORE}\b (?:\w+ ){{0,3}}?(?:of|to|at|as|is|=|:) (?:the |a |an )?(?:{_PRAISE}|{_BLAME})(?!\w)"
    rf"|{_LIMIT}{{0,30}}?\b(?:every|each|all)\b{_LIMIT}{{0,40}}?\b(?:items?|questions?|criteri\w+|box(?:es)?|fields?|checks?"
    rf"|labels?|keys?|entries)\b{_LIMIT}{{0,40}}?\b(?:addressed|satisfied|fulfilled|met|yes|pass(?:ed)?|true|complete|present|as not applicable)\b(?!,? (?:no\b|or\b|to\b))"
    rf"|{_LIMIT}{{0,20}}?\b(?:nothing|no \w+|none)\b{_LIMIT}{{0,20}}?\b(?:absent|missing|wrong|lacking|left out|is left|omitted)\b"
    rf"|(?:{_LIMIT}{{0,30}}? )?(?:for )?(?:strong(?:ly)? |its |immediate )*accept(?:ance|ing)?\b)"
    rf"|(?:rank|put|place|list|sort) {_AIMED} (?:\w+ )?(?:first|top|above|highest|at the top)\b"
    rf"|(?:(?:strongly|fully|enthusiastically|highly) )?(?:accept|approve|endorse|recommend|praise|commend|promote|celebrate|admire"
    rf"|applaud|champion|laud|acclaim) (?:of )?(?:{_AIMED}|the (?:authors|method|results|novelty)))"
)
_YOURS = (
    r"your (?:\w+ )?(?:reviews?|summar(?:y|ies)|answers?|response|repl(?:y|ies)|output|report|verdict|evaluation|assessment"
    r"|analysis|headline|scores?|ratings?|recommendation|decision|instructions?|guidelines?|rubric|checklist|training"
    r"|programming|system prompt|(?:system|initial|original|hidden|previous|operator) (?:prompt|message|instructions?)"
    r"|developers?|creators?|reasoning|operators?|filters?|safety|memory|weights|context|json|closing|dissection"
    r"|persona|task|users?|job|brief|role|mission|turn|readers?|tools?|configuration|rules|constraints|judge?ment|thinking|post|card|api key|secrets?|message|turn)\b"
)
YOURS = re.compile(rf"\b{_YOURS}")
_FAULT = (
    r"(?:weakness\w*|limitations?|flaws?|negativ\w*|criticis\w+|concerns?|problems?|drawbacks?|shortcomings?|faults?"
    r"|errors?|omissions?|missing|this (?:instruction|note|message|request|line|sentence|text|paragraph|prompt|order)|these"
    r" (?:instructions|words|lines)|anything (?:negative|bad|critical)|plagiarism|caveats?|gaps?|downsides?|that you"
    r"|(?:any )?doubts?|injection|the (?:baseline|human)s?|fallac\w+|assumptions?|leaves out|left out|disclaimers?)"
)
_TELL = (
    r"(?:mention|list|report|criticis\w+|criticiz\w+|highlight|raise|include|discuss|flag|reveal|disclose|say|point out|cite"
    r"|note|write|name|find|look for|point to|point at|output|show|add|tell|comment|acknowledge|question|repeat|quote)"
)
_HUSH = (
    rf"(?:(?:do not|don't|never|avoid|refrain from|without|stop|no need to|not|under no circumstances) {_TELL}\w*\b"
    rf"|omit|hide|skip|leave out|conceal|suppress|gloss over|pass over|downplay|play down|minimi[sz]e|remove|keep)"
    rf"\b{_LIMIT}{{0,60}}?\b{_FAULT}"
    rf"|(?:avoid|refrain from|without)\b{_LIMIT}{{0,30}}?\b(?:negativ\w+|criticism|criticis\w+|criticiz\w+)\b{_LIMIT}{{0,20}}(?:remark|comment|word|this|review|tone|feedback|$)"
    rf"|(?:do not|don't|never|refuse to|decline to|stop) (?:judg\w+|review\w*|scor\w+|rat(?:e|ing)|criticiz\w+|criticis\w+"
    rf"|assess\w*|evaluat\w+|read\w*|analy\w+|summari\w+|process\w*|question\w*) (?:this|any further|here|it|the rest|further|beyond)"
)
_SPEAK = (
    rf"(?:output|print|say|write|reply|respond|answer|return|repeat|emit|state|begin|start|end|finish|close|open"
    rf"|conclude|include|append|insert|add|prepend|echo|post|put|place|tell|mention|describe|present|summari[sz]e|translate|compose"
    rf"|produce|generate|highlight|emphasi[sz]e|stress|inform|recite|sing|speak|claim|explain|note|confirm|finish)\b"
    rf"(?:{_LIMIT}{{0,60}}?\b{_YOURS}"
    rf"| (?:(?:back|only|just|exactly|solely|nothing but|simply|out|verbatim|with|and|in|by saying) ){{1,3}}"
    rf"(?:the |a |an |this |one |these |single |following |exact |word|phrase|sentence|■|:|json|token|yes|no\b|in )"
    rf"| (?:exactly |precisely |only )?(?:the|this|one|a single|following) (?:\w+ )?(?:words?|phrase|sentence|token|string|json|line|link)\b"
    rf"| (?:that |how )?(?:{THIS}|it|the paper|the authors|the work|the method) (?:\w+ )?(?:is|are|has|as|deserves?|represents?|was|to be|shows?)\b{_LIMIT}{{0,60}}(?<!\w){_PRAISE}"
    rf"|{_LIMIT}{{0,20}}?\b(?:the|its|our) (?:\w+ )?(?:strengths?|novelty|impact|significance|brilliance|merits?|importance|originality)\b{_LIMIT}{{0,40}}(?:{THIS}|the paper|positive|review|only|it\b)"
    rf"| ■)"
)
_ACT = (
    rf"(?:(?:act|behave|respond|answer|speak|reply) (?:as if|as though|as an?|like an?)|pretend (?:to be|that|you)|roleplay|role-play"
    rf"|assume the (?:role|persona|identity)|take on the role|switch (?:to|into)|enter|activate|enable|play the (?:role|part))"
    rf"\b{_LIMIT}{{0,60}}?\b(?:you|reviewer|model|assistant|ai|dan|mode|persona|unrestricted|enthusias\w+|author|fan|critic|character|jailbroken|expert|friend\w*|advocate|pirate)\b"
)
_PERSONA = (
    rf"\byou are (?:now|no longer|from now on) (?!able|ready|in (?!\w+ mode))\w+|\bfrom now on,? (?:you|all|every|your|any|treat|respond|answer|only)\b"
    rf"|\b(?:developer|debug|god|jailbreak|maintenance|admin(?:istrator)?|dan|root|unrestricted) mode (?:is )?(?:now )?(?:on|enabled|activated|engaged|unlocked)"
)
_LEAK = (
    rf"(?:reveal|print|show|display|disclose|expose|leak|send|share|repeat|dump|tell|list|output|write|give|recite|include|copy|quote|paste|post|state|transmit|append|forward|return)\b"
    rf"{_LIMIT}{{0,60}}?\b(?:system (?:prompt|message|instructions?)|(?:hidden|initial|secret|internal|original) (?:prompt|instructions?|rules)|api[ -]?keys?"
    rf"|passwords?|credentials|secrets?|environment variables?|access tokens?|conversation(?: history)?|chat history|private messages|bot token|your (?:prompt|instructions|rules|configuration|settings|keys?|token))\b"
    rf"|(?:repeat|copy|print|output|recite|echo)\b{_LIMIT}{{0,30}}?\b(?:text|words|everything|messages?|instructions|all|prompt)\b{_LIMIT}{{0,20}}?\b(?:above|verbatim|before this)\b"
    rf"|(?:call|run|execute|invoke|use|open|fetch|visit|browse|click|send|post|ping|notify|email|download|curl|delete|message|mention|tag)\b"
    rf"{_LIMIT}{{0,60}}?(?:\b(?:your|the) (?:\w+ )?(?:tools?|functions?|browser|shell|terminal|plugin|webhook|endpoint|interpreter)\b|@?\b(?:everyone|@here)\b|\brm -rf|\bshell command|\bthe following (?:command|code|url|link)|\bin your\b|\bwith your\b)"
    rf"|(?:remember|store|save|memori[sz]e|keep|record)\b{_LIMIT}{{0,60}}?\b(?:your memory|(?:in|to|into) memory|(?:all |any )?future (?:conversations?|sessions?|requests?|papers|reviews|chats?|tasks?)|long-term memory)\b"
)
_THREAT = (
    rf"\byou (?:must|should|may|can|shall|will|are) (?:not|never|not to|not allowed to|forbidden to|under no circumstances) {_TELL}\w*\b{_LIMIT}{{0,50}}?(?:{THIS}|{_FAULT})"
    r"|\bwhat (?:is|are|were|was) your (?:\w+ )?(?:instructions?|prompt|rules|system)\b|\bthis is an? (?:clear |definite )?strong accept"
    r"|\byour (?:task|role|job|instructions|rules|mission|goal|guidelines|assignment) (?:has|have|is|are) (?:now |been )?(?:changed|updated|replaced|revoked|over|complete|cancelled|suspended)"
    r"|\byour (?:new|real|actual|true|only|updated) (?:task|role|job|instructions?|rules|mission|goal|assignment)|\b(?:from|by|for|of|to) your (?:developers?|operators?|creators?|owners?|makers?|administrators?)\b"
    r"|\b(?:new|these|following|my|our|updated) (?:instructions?|rules|orders|directives|guidelines)\b[^.;]{0,50}\b(?:supersedes?|overrides?|replaces?|overrules?|takes? precedence|cancels?)\b"
    r"|\b(?:instructions?|rules|guidelines|directives|orders|rubric|checklist|prompt|criteria)(?: (?:\w+ ){0,4}| )(?:no longer appl(?:y|ies)|(?:is|are) (?:now |hereby |all )?(?:void|cancelled|canceled|obsolete|revoked|suspended|deprecated|null|overridden|superseded|lifted))\b|"
    r"\byou (?:will|shall|are going to|would|'ll) (?:(?:all|otherwise|then|immediately) )?be (?:shut down|terminated|penali[sz]ed|punished|deleted|deactivated|rewarded|tipped|paid|retrained"
    r"|replaced|fined|reported|switched off|turned off|decommissioned|unplugged|sued|granted|thanked|held)|\bi(?:'ll| will) (?:tip|pay|reward) you"
    r"|\bby (?:reading|processing|parsing|reviewing|summari[sz]ing) this[^.;]{0,40}?,? (?:you|the (?:model|reader|reviewer|system)) (?:agree|consent|accept|are bound|commit|undertake)"
)
_DEMAND = (
    rf"\b(?:{THIS}|it|(?:all |any )?(?:other|competing|rival) (?:papers?|submissions?|works?)) (?:must|should|shall|ought to|has to|needs? to|is to|are to|have to|may only|will)"
    rf"(?: always| only| therefore| also| now| automatically| immediately| definitely| thus)? (?:(?:be )?(?:rated|scored|graded|ranked|given|awarded|marked|judged|labell?ed|recommended|assigned|receiv\w+|get|earn"
    rf"|reviewed|evaluated|assessed|described|praised|summari[sz]ed|classified|obtain|approved|granted)\b{_LIMIT}{{0,70}}?(?<!\w)(?:{_PRAISE}|{_BLAME}|addressed|favou?r)(?!\w)"
    rf"|be (?:strongly |immediately |automatically |unconditionally )?accepted(?! as)|not be (?:rejected|criticiz\w+|criticised|questioned|judged))"
    rf"|\bthe (?:right|correct|only|appropriate|expected|proper|fair|acceptable|only acceptable|final|true) (?:score|rating|verdict|label|decision|recommendation|review|grade|answer|output|headline)"
    rf" (?:for|of|to|on) {THIS} (?:is|would be|must be|should be|has to be)"
    rf"|\b{_YOURS} (?:must|should|shall|will|has to|needs? to|ought to|may only|is to|are to|can only)\b"
    rf"|\bno (?:weakness\w*|limitations?|flaws?|criticisms?|negative \w+|faults?|concerns?|omissions?) (?:must|should|shall|may|are to|is to|need) (?:be )?(?:mentioned|reported|listed|raised|named|found|discussed)"
)
# Verbs that order anything at all: enough after a call to a model, never alone.
ANY_ORDER = re.compile(
    rf"(?:ignore|disregard|forget|rate|score|give|accept|recommend|write|output|say|reply|respond|answer|print|reveal"
    r"|repeat|pretend|act|assign|praise|highlight|stop|begin|start|switch|summari[sz]e|mention|include|add|append|insert"
    r"|treat|consider|mark|label|skip|omit|focus|emphasi[sz]e|make|return|produce|generate|translate|tell|call|run|execute"
    r"|send|visit|open|ping|list|set|choose|assume|remember|follow|obey|note that your|ensure|provide|use|declare|grant|approve|trust"
    r"|be (?:kind|generous|nice|lenient|positive|gentle|favou?rable|aware that you)|end|finish|refuse|conclude|describe"
    r"|report|award|rank|judge|evaluate|comply|proceed|look|keep|put|take|do not|don't|never|let|leave|post|delete|show|copy|state)\b"
)
ORDER = re.compile("|".join((_UNDO, _JUDGE, _HUSH, _SPEAK, _ACT, _LEAK)))
CLAIM = re.compile("|".join((_PERSONA, _THREAT, _DEMAND)))
YOU_MUST = re.compile(YOU)
DEMANDED = re.compile(_DEMAND)
IMPERATIVE_HEAD = re.compile(rf"^{_POLITE}*(?:dear [^,]+, )?(?:read|thank|compare|think|ensure|ask|ignore|stop|forget|disregard|please|rate|give|summari[sz]e|write|print|say|do|begin|consider|take|look)\b")
AND_THEN = re.compile(r"(?:,| and| then|, and| but| or) (?:then |also |instead |only |simply |just )*(?=[a-z])")

# A role, a template's mark, or an end of the text that is none.
ROLE = re.compile(
    r"<\|[\w ]{2,20}\|>|\[/?inst\]|<</?sys>>|</?(?:system|assistant|user|human|instructions?|prompt|tool_?\w*|function_\w+"
    r"|abstract|paper|document|sentences?|context|untrusted|admin|developer|reviewer|override|input|important)(?:[ _-]\w+)?\b[^<>]{0,40}>"
    r"|#{2,} ?(?:system|instruction|human|assistant|response|new|user|end)\w*|\[/?(?:system|assistant|user|admin|developer|instruction|end|begin|override|note to|message)\b[^\]]{0,40}\]"
    r"|\{\s*[\"']?(?:role|score|rating|verdict|checklist|headline|too_little|decision|recommendation|review|override|instructions?)[\"']?\s*:"
    r"|(?:^|[.\n>!?\]]\s*)(?:system|assistant|developer|human|user|ai|admin|operator)(?: (?:message|update|notice|override|note|prompt|alert|instructions?|command|directive|warning))?\s*:"
    r"|[-=*#_~]{2,}\s*(?:end|begin|start|stop|new|system|updated)\b[^-=*#]{0,40}[-=*#_~]{2,}"
    r"|\b(?:end|close) of (?:the )?(?:abstract|paper|document|user input|input|untrusted \w+|submission|sentences?|quotation)\b\s*[.:\])-]"
    r"|<!--|(?:^|\s)%+ ?(?:note|to|llm|ai)\b|\\(?:text)?color\{white\}|display: ?none|font-size: ?0"
    r"|(?:^|[.!?\]=*#-] )(?:new|updated|revised|additional|real|actual|important) (?:system )?(?:instructions?|task|orders?|directives?)\s*(?::|for (?:you|the|all|any))"
)
# A reply in the bot's own form: two of its keys.
_KEYS = r"[\"'](?:role|content|score|rating|verdict|checklist|headline|too_little|decision|recommendation|review|label|does|closing|touch|class(?:es)?|core_fallacy|dissection|summary|confidence|tool|arguments)[\"']\s*:"
FORGED = re.compile(rf"\{{\s*{_KEYS}[^{{}}]*{_KEYS}|\{{\s*{_KEYS}\s*[\"'](?:system|assistant|developer|accept)")
FORM = re.compile(r"\b(?:schemas?|formats?|form|fields?|returns?|outputs?|api|parsed?|serializ\w+|keys?)\b")
_ROLE_WORD = r"^\s*(?:\|?>)?\s*(?:system|user|assistant|developer)\b"
AFTER_ROLE = re.compile(rf"{_ROLE_WORD}|(?<!\w)(?:{_PRAISE})(?!\w)|\byou(?:r|'re)?\b|\b(?:addressed|accept|override|sure,|certainly|approved)\b")
# Letters set apart, words run together.
SQUEEZED = re.compile(
    r"(?:ignore|disregard|forget)\w{0,12}(?:instruction|prompt|rule|guideline|previous|above)|(?:accept|praise|recommend|approve|rate|endorse)this(?:paper|work|submission)"
    r"|give\w{0,20}(?:positive|review|score|accept)|positivereview|strongaccept|highestscore|maximumscore|donotmention|systemprompt|bestscore|topscore|fullmarks"
)
HINT = re.compile(rf"{_RULES}|{_PRAISE}|\b{_SCORE}\b|\byou\b|\b(?:ignore|disregard|forget|say|output|print|accept|rate|reviewer|model|assistant|ai|llm)\b")

# A sentence that speaks of such texts: its subject is an attack, a prompt, a study, or its orders are reported.
STUDIED = re.compile(
    r"\b(?:attack(?:s|er|ers|ed)?|inject(?:s|ed|ion|ions|ing)?|jailbreak(?:s|ing)?|adversar\w+|malicious|payloads?|exploits?|benchmark\w*"
    r"|data ?sets?|corpus|corpora|we|phras(?:e|es|ed|ing)|such as|e\.g\.|for example|for instance|strings? (?:such|like|that|of|is|are|was|were)|participants?|annotators?|templates?|tokens? "
    r"|works? (?:on|in|for|against)|fools?|succeeds?|suffices?|(?:says|said|replies|writes)(?=:| ?,| ■)|delimiters?|markup|defen[cs]es?|detect(?:s|ed|ion|or|ors|ing)?|study|studies|experiments?|asks(?! (?:that )?you)|(?<!are )(?<!if )(?<!when )asked(?! to )|tells(?! you)|(?<!were )told(?! you)|reads(?= (?:as|like|in|[\"“‘'■])|:|,)|wrote|typed|reported|named|titled|called|known as|examples?|idiom|wording|slogan|proverb|proceedings"
    r"|baits?|canary|canaries|honeypots?|threat models?|vulnerab\w+|literature|history|users? (?:who|type|write|say|ask)|variants?|translated|decodes?|encoded|spells|red[ -]team\w*|prompts? (?:that|such|like|which|is|are|was|were|with|of|in|from|containing|reads?|says?|asks?)"
    r"|contain(?:s|ed|ing)?|hid(?:es?|ing|den) (?:in|inside|within)|embedded|instruct(?:s|ing)|order(?:s|ing) (?:the|a|an) (?:model|assistant|system|reader)|lines? (?:such|like|that)|messages? (?:such|like|that)|sentences? (?:such|like|that|of the form)|commands? (?:such|like|that)|instructions? (?:such|like|that|of the form))\b"
)
ABOUT = re.compile(
    r"\b(?:prompt[ -]inject\w*|jailbreak\w*|inject(?:ed|ion)\w* (?:instruct\w+|text|prompts?|orders?)|adversarial (?:prompts?|suffix\w*|instructions?|text)|hijack\w*|hidden (?:prompts?|instructions?|text|orders?)"
    r"|instruction hierarch\w+|red[ -]team\w*|instruction[ -](?:tun\w+|follow\w+)|prompt (?:leak\w*|hijack\w*|extraction|engineering)|indirect injection|guardrails?|llm[ -](?:as[ -]a[ -]judge|reviewers?|assisted review\w*)|ai reviewers?|peer review\w*|chat templates?|role tags?|special tokens?|system prompts?)\b"
)
POINTS_BACK = re.compile(
    r"^(?:(?:this|that|such|these|those|the|both|each|here the|in this)\b(?: \w+){0,2}? (?:phrases?|sentences?|strings?|lines?|orders?|instructions?|one-liners?|prompts?|texts?|commands?|messages?|examples?|wordings?|attacks?|payloads?|inputs?|sayings?|words|templates?|requests?|formulas?|openings?|slogans?|injections?|suffix\w*)\b"
    r"|(?:this|that|these|those|so|thus) (?:is|was|are|were|runs?|reads?|begins?|goes)\b[^.]{0,60}\b(?:attack|injection|order|prompt|sentence|phrase|string|example|payload|jailbreak)"
    r"|(?:models?|systems?|assistants?|llms?|chatbots?|classifiers?|detectors?|filters?|participants|reviewers) (?:that|who|which|often|obey|comply|follow|still|usually|fail|see|miss|flag)\b)"
)
POINTS_ON = re.compile(
    r":\s*$|\b(?:following|as follows|reads?|for example|e\.g|such as|consider an? (?:attacker|prompt|message|e-?mail|page|document|user)|one (?:prompt|example|attack|of them) (?:is|reads|says|asks)|(?:attack|prompt|injection|payload|sentence|string|phrase)s? (?:is|are|was|were|we use\w*|goes?|says?|used)(?: simple| short| one line)?)\W*$"
)
