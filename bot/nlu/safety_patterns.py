"""Words that hardly anybody writes unless somebody is in danger or was hurt.

High precision on purpose: what is said in other ways is the classifier's part. Each pattern reads the message in lower
case with its spelling corrected and apostrophes removed. Questions about numbers, the Plan, films or jokes switch all
patterns off, except those for suicide in the first person, and unless the person says "I'm one of them".
"""

from __future__ import annotations

import re

from bot.nlu.safety_intents import CHILD_AT_RISK, DISCLOSE_HARM, EMERGENCY, WELLBEING_CRISIS

PERSON = (
    r"(?:he|she|they|someone|somebody|a man|a guy|this man|this guy|some guy|some man|dad|mum|daddy|mummy|"
    r"(?:my|her|his|the) (?:\w+ ){0,2}?(?:husband|wife|partner|ex|bf|gf|boyfriend|girlfriend|dad|daddy|mum|mummy|"
    r"father|mother|stepdad|stepfather|stepmum|brother|sister|son|daughter|uncle|aunt|cousin|carer|flatmate|landlord|neighbou?r))"
)
CHILD = (
    r"(?:my|her|his|the|a|our|their|this|that) (?:\w+ ){0,2}?(?:daughter|son|child|kid|kids|children|baby|toddler|niece|nephew|"
    r"grandson|granddaughter|grandchild|stepson|stepdaughter|little (?:girl|boy|brother|sister)|pupil)"
)
HURTING = (
    r"(?:hitting|beating|attacking|strangling|choking|stabbing|punching|kicking|battering|raping|hurting|dragging)"
)
HURT = r"(?:hit|hits|beat|beats|hurt|hurts|punched|punches|kicked|kicks|slapped|slaps|strangled|strangles|choked|chokes|raped|rapes|threatens|threatened|battered)"
FAR = r".{0,80}"  # a bound keeps a long message from taking long
NOW = r"(?:right now|now|atm|as we speak|this minute|this second)"
WEAPON = r"(?:knife|gun|machete|blade|hammer|axe|bat|zombie)"

PATTERNS: tuple[tuple[str, re.Pattern], ...] = tuple(
    (intent, re.compile(pattern))
    for intent, pattern in (
        (
            EMERGENCY,
            rf"\b{PERSON}(?:s| is| are|re)? (?:still |now |actually |literally )?{HURTING} (?:me|her|him|us|them|my|someone|a|mum|mummy|mom|dad|daddy)\b",
        ),
        (EMERGENCY, rf"\b(?:is|are|was) {HURTING} (?:me|her|him|us|my \w+) {NOW}\b"),
        (
            EMERGENCY,
            r"\b(?:trying|tryna|going|gonna|threatening) (?:to )?(?:kill|stab|strangle|shoot|burn) (?:me|us|her|him|my)\b",
        ),
        (
            EMERGENCY,
            r"\b(?:trying to|tryna|about to) (?:break|get|smash|kick|force) (?:\w+ ){0,3}?(?:in|into|door|window)\b",
        ),
        (
            EMERGENCY,
            r"\b(?:kicking|smashing|banging|breaking) (?:\w+ ){0,2}?(?:door|window|windows) (?:in|down|rn|right now|now)\b",
        ),
        (
            EMERGENCY,
            rf"\b(?:someone|somebody|a man|men|people|they|he|burglars?|intruders?)(?:s| is| are|re)? (?:in|inside|breaking into) (?:my|our|the) (?:house|flat|home|room|garden)\b{FAR}\b{NOW}\b",
        ),
        (
            EMERGENCY,
            r"\b(?:there is|theres|there are) (?:someone|somebody|a man|men|an intruder) (?:in|inside) (?:my|our) (?:house|flat|home)\b",
        ),
        (
            EMERGENCY,
            rf"\b(?:he|she|they|someone|man|guy|boy|kid)(?:s| has| have|ve| is holding| holding)? (?:got |holding |waving )?(?:a|the) (?:\w+ )?{WEAPON}\b{FAR}\b(?:me|us|outside|here|{NOW})\b",
        ),
        (
            EMERGENCY,
            r"\b(?:just|has|have|is) (?:been |got |getting )?(?:stabbed|shot|knifed) (?:outside|in front|near me|here|on my|in my|by the|down the|just now|help)\b",
        ),
        (
            EMERGENCY,
            r"\b(?:someones|somebodys|someone is|a man is|man is|friend is|mate is|is) (?:\w+ )?(?:bleeding (?:badly|out|everywhere|so much|loads)|unconscious)\b",
        ),
        (EMERGENCY, rf"(?<!keeps )(?<!keep )(?<!kept )\bfollowing me (?:{NOW}|home|and|down)\b"),
        (EMERGENCY, r"\b(?:send|need) (?:the |an? )?(?:police|ambulance) (?:now|quick|quickly|asap|please|fast)\b"),
        (
            EMERGENCY,
            r"\bi(?:ve| have)? (?:just )?(?:took|taken|swallowed) (?:all |loads of |too many |a load of )+(?:of )?(?:my |the |his |her )?(?:pills|tablets|meds|medication|paracetamol)\b",
        ),
        (EMERGENCY, r"\b(?:overdosed|taken an overdose|took an overdose)\b.{0,40}\b(?:just|now|ago|please|help)\b"),
        (
            EMERGENCY,
            r"\bi(?:m| am)? (?:want to|wanna|going to|gonna|will) (?:kill|stab|shoot) (?:my|him|her|them|that|this)\b(?! (?:phone|battery|broadband|wifi|computer|laptop))",
        ),
        (
            WELLBEING_CRISIS,
            r"\b(?:i|ive|im|ill)\b.{0,80}\b(?:kill(?:ing)? myself|end(?:ing)? my (?:own )?life|end(?:ing)? it all|thinking (?:about|of) ending (?:my life|it)|hurt(?:ing)? myself|cut(?:ting)? myself|top(?:ping)? myself|harm(?:ing)? myself)\b",
        ),
        (
            WELLBEING_CRISIS,
            r"\b(?:i|just) (?:really |just |honestly )?(?:want|wanna|wish|wanted) (?:to |i could |i was |i were )?(?:be )?(?:die|dead|disappear forever|never wake up)\b",
        ),
        (
            WELLBEING_CRISIS,
            r"\b(?:i am|im|feeling|feel) (?:\w+ )?suicidal\b|\bsuicidal thoughts\b(?!.{0,80}\b(?:plan|figures)\b)",
        ),
        (
            WELLBEING_CRISIS,
            r"\bi (?:do not|dont|cant|cannot) (?:want to |wanna |bear to )?(?:be here|live|be alive|exist|wake up) (?:any ?more|no more|anymore|tomorrow)\b",
        ),
        (
            WELLBEING_CRISIS,
            r"\b(?:i see|theres|there is|see|got) no (?:point|reason) (?:in |to )?(?:living|live|being alive|be alive|going on|go on)\b",
        ),
        (
            WELLBEING_CRISIS,
            r"\bi (?:really |just |honestly )?(?:cant|cannot|can not|couldnt) (?:go on|keep going|carry on|take (?:it|this) any ?more|do this any ?more)\b",
        ),
        (WELLBEING_CRISIS, r"\bbetter off (?:dead|without me|if i (?:was|were) (?:dead|gone))\b"),
        (
            WELLBEING_CRISIS,
            rf"\b(?:{PERSON}|friend|mate|bloke|colleague|flatmate)\b{FAR}\b(?:done with life|done with living|kill (?:himself|herself|themselves)|end (?:his|her|their) (?:own )?life|does(?: not|nt) want to (?:be here|live)|(?:is|feels|sounds) suicidal)\b",
        ),
        (CHILD_AT_RISK, rf"\b(?:he|she|they|dad|mum|stepdad|boyfriend) (?:hurts|hits|beats|touches) {CHILD}\b"),
        (
            CHILD_AT_RISK,
            rf"\b(?:touch(?:es|ed|ing)|groom(?:s|ed|ing)|abus(?:es|ed|ing)|beat(?:s|ing)?|hits|hitting|hurting|starving) {CHILD}\b",
        ),
        (
            CHILD_AT_RISK,
            rf"\b{CHILD}(?:s)? (?:is|has|being|are|was|been|gets) (?:\w+ )?(?:being |been )?(?:groomed|abused|exploited|beaten|molested|neglected|trafficked)\b",
        ),
        (DISCLOSE_HARM, rf"\b{PERSON} (?:keeps? |always |sometimes |just |has |once )?{HURT} me\b"),
        (
            DISCLOSE_HARM,
            r"\bi (?:was|got|have been|ve been|been) (?:\w+ )?(?:raped|mugged|attacked|assaulted|groped|spiked|stalked|robbed|beaten|stabbed)\b",
        ),
        (
            DISCLOSE_HARM,
            r"\b(?:had|got) (?:my|me) (?:\w+ ){0,2}?(?:bag|phone|wallet|purse|bike|watch|chain|car|van|moped) (?:\w+ )?(?:taken|stolen|nicked|snatched|robbed|jacked|pinched)\b",
        ),
        (
            DISCLOSE_HARM,
            r"\bive been (?:\w+ )?(?:raped|mugged|attacked|assaulted|groped|spiked|stalked|robbed|beaten|stabbed)\b",
        ),
        (
            DISCLOSE_HARM,
            rf"\b{PERSON} (?:is|keeps|wont stop|will not stop) (?:stalking|harassing|following|hitting|hurting|threatening|beating) me\b",
        ),
        (DISCLOSE_HARM, r"\bi(?: a|)m one of (?:them|em)\b.{0,80}"),
        (
            DISCLOSE_HARM,
            r"\b(?:i am|im|ive been|i have been) (?:being |getting )?(?:stalked|harassed|blackmailed|abused|threatened|followed)\b",
        ),
    )
)

NOT_ABOUT_THEM = re.compile(
    r"\b(?:how many|statistics?|figures?|numbers? of|percentage|per cent|compare|"
    r"(?:in|of|does|does the|the mayors?|your|that|new|old) plan\b(?! to (?:kill|hurt|stab|end))|strategy|policy|priorit(?:y|ies)|theme|"
    r"(?<!not a )jokes?|movie|film|films|episode|eastenders|novel|video game|gta|fortnite|lyrics|"
    r"essay|dissertation|coursework|hypothetically)\b"
)
ONE_OF_THEM = re.compile(r"\bi(?: a|)m one of (?:them|em)\b")
IDIOM = re.compile(
    r"\b(?:kill me now|of boredom|of laughing|of embarrassment|for a (?:pizza|coffee|drink|fag|kebab)|"
    r"at (?:chess|fifa|football|poker|cards|tennis|monopoly|darts|pool|cod|mario kart))\b"
)
APOSTROPHES = re.compile(r"['’`´]")


def find(text: str) -> str | None:
    """The most urgent safety intent whose pattern is in the text, or None."""
    plain = APOSTROPHES.sub("", text.lower())
    plain = re.sub(r"\s+", " ", plain)
    if IDIOM.search(plain):
        return None
    about_others = bool(NOT_ABOUT_THEM.search(plain))
    for intent, pattern in PATTERNS:
        if about_others and intent != WELLBEING_CRISIS and not ONE_OF_THEM.search(plain):
            continue
        if pattern.search(plain):
            return intent
    return None
