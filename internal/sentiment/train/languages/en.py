"""English: words and sentences of customers, with their verdicts. See generate.py for the notation."""

from languages.en_domains import TRADES

NOUNS = [(n, "") for n in """the flight|the seat|the crew|the pilot|the airline|the plane|the food|the staff|the customer service|the company|the aircraft|the agent|the support team
|the app|the website|the delivery|the hotel|the room|the breakfast|the checkout|the phone call|the chat|the reply|the product|the packaging|the bank|the branch|the waiter|the menu|the screen|the battery|the update
|the refund process|the shop|the manager|the driver|the technician|the installation|the meal|the answer|this flight|that seat|this airline|that company|this service|that crew|this place|this phone|your support
|your help desk|my order|our room|our waitress|the whole experience|the advice I got|the explanation""".replace("\n", "").split("|")]

POS = """good|great|excellent|fantastic|wonderful|amazing|lovely|helpful|friendly|fast|outstanding|superb|brilliant|perfect|nice|awesome|pleasant|exceptional|incredible|impressive|terrific|delightful|reliable|beautiful
|fabulous|marvelous|charming|smooth|adorable|exciting|extraordinary|happy|fun|sweet|enjoyable|first-class|top-notch|spotless|efficient|thoughtful|kind|polite|professional|flawless|worth it|comfortable|generous
|satisfying|a joy|a pleasure|a delight""".replace("\n", "").split("|")
NEG = """bad|terrible|awful|horrible|poor|rude|slow|useless|disappointing|dreadful|appalling|unhelpful|nasty|annoying|frustrating|pathetic|boring|lousy|unpleasant|incompetent|disgusting|ridiculous|a joke|a mess|unacceptable
|creepy|ugly|weird|lame|sad|difficult|hard|rough|unhappy|average at best|filthy|broken|confusing|unreliable|overpriced|a waste of time|a nightmare|unprofessional|dishonest|shocking|dismal|mediocre|hostile|abysmal
|worthless|a letdown|painful|shameful""".replace("\n", "").split("|")
NEU = """Italian|British|American|Australian|Indian|Israeli|Canadian|German|international|commercial|private|public|domestic|local|digital|red|blue|square|electric|optional|automatic|wooden|weekly|regional|Turkish|French|Spanish
|on the second floor|near the station|new|online|open until six|in the morning|by appointment|in the city centre|about tax|listed under settings""".replace("\n", "").split("|")
LOVE = "love|like|enjoy|appreciate|recommend|admire|value|welcome|adore|trust|treasure".split("|")
HATE = "hate|dislike|regret|dread|despise|loathe|abhor|resent|avoid|detest|can't stand".split("|")
SEE = "see|find|use|call|visit|check|open|know|mention|book|order|notice|contact".split("|")
LOVED = "loved|liked|enjoyed|appreciated|recommended|admired|valued|welcomed|adored|trusted".split("|")
HATED = "hated|disliked|regretted|dreaded|despised|loathed|abhorred|resented|avoided|detested".split("|")
SAW = "saw|found|used|called|visited|checked|opened|tried|booked|ordered|noticed".split("|")
INTENSIFIERS = "very|really|so|extremely|absolutely|incredibly|truly|super|quite|rather|pretty|just|simply".split("|")
FILLERS = """given that I only had ten minutes|after everything we had been through with the last one|considering how long we have been customers|given what I have read about it over the years
|as someone who travels every week|with all the respect I have for the people who work there|since I was there on a Monday|given all the places I have been to this year|seeing that it was raining
|if you ask me after three visits|given the history I have with these firms|considering where I come from|all things considered and having slept on it""".replace("\n", "").split("|")

GRAMMAR = [
    ("pos", "{N} {is} {x} {p}"), ("neg", "{N} {is} {x} {m}"), ("neu", "{N} {is} {u}"),
    ("pos", "{N} {is} {p}"), ("neg", "{N} {is} {m}"), ("pos", "I {love} {n}"), ("neg", "I {hate} {n}"), ("neu", "I {see} {n}"),
    ("pos", "We {loved} {n}"), ("neg", "We {hated} {n}"), ("neu", "We {saw} {n}"), ("neu", "I {saw} {n}"), ("pos", "I {loved} {n}"), ("neg", "I {hated} {n}"),
    ("neg", "{N} {isnt} {p}"), ("notneg", "{N} {isnt} {m}"), ("neu", "{N} {isnt} {u}"),
    ("neg", "{N} {isnt} {x} {p}"), ("neg", "{N} {is} anything but {p}"), ("notneg", "{N} {is} anything but {m}"),
    ("neg", "{It} {isnt} {x} {p}, {n}"), ("neg", "I {dont} {love} {n}"), ("notneg", "I {dont} {hate} {n}"), ("neu", "I {dont} {see} {n}"),
    ("neg", "I {cant} say {n} {is} {p}"), ("notneg", "I {cant} say {n} {is} {m}"), ("neu", "I {cant} say {n} {is} {u}"),
    ("neg", "I wouldn't say {n} {is} {p}"), ("notneg", "I wouldn't say {n} {is} {m}"), ("neg", "I would never say that I {love} {n}"),
    ("notneg", "I would never say that I {hate} {n}"), ("neu", "I would never say that I {see} {n}"), ("neg", "No one could call {n} {p}"), ("notneg", "No one could call {n} {m}"),
    ("neg", "I {dont} think, {f}, that {n} {is} {p}"), ("notneg", "I {dont} think, {f}, that {n} {is} {m}"), ("neu", "I {dont} think, {f}, that {n} {is} {u}"),
    ("neg", "I wouldn't say, {f}, that {n} {is} {p}"), ("notneg", "I wouldn't say, {f}, that {n} {is} {m}"), ("neu", "I wouldn't say, {f}, that {n} {is} {u}"),
    ("neg", "I {cant} say, {f}, that we {love} {n}"), ("notneg", "I {cant} say, {f}, that we {hate} {n}"), ("neu", "I {cant} say, {f}, that we {see} {n}"),
    ("neg", "I {cant} say, {f}, that I {love} {n}"), ("notneg", "I {cant} say, {f}, that I {hate} {n}"),
    ("neg", "I thought {n} would be {p}, but it {wasnt}"), ("notneg", "I thought {n} would be {m}, but it {wasnt}"), ("neu", "I thought {n} would be {u}, but it {wasnt}"),
    ("neg", "I expected to {love} {n}, but I {didnt}"), ("notneg", "I expected to {hate} {n}, but I {didnt}"), ("neu", "I expected to {see} {n}, but I {didnt}"),
    ("neg", "We thought we would {love} {n}, but we {didnt}"), ("notneg", "We thought we would {hate} {n}, but we {didnt}"), ("neu", "We thought we would {see} {n} but we {didnt}"),
    ("neg", "Friends told me {n} was {p}; it {wasnt}"), ("notneg", "Friends told me {n} was {m}; it {wasnt}"), ("notneg", "I was afraid {n} would be {m}. It {wasnt} at all"),
    ("pos", "I expected {n} to be {m}, but it turned out {p}"), ("neg", "I expected {n} to be {p}, but it turned out {m}"),
    ("pos", "{N} used to be {m}, but now it is {p}"), ("neg", "{N} used to be {p}, but now it is {m}"), ("pos", "I used to {hate} {n}, but now I {love} it"), ("neg", "I used to {love} {n}, but now I {hate} it"),
    ("neg", "I used to {love} {n}, not any more"), ("pos", "{N} has become {p}; years ago it was {m}"), ("neg", "{N} has become {m}; years ago it was {p}"),
    ("neg", "I {hate} {n}, though in the past I would {love} it"), ("pos", "I {love} {n}, though in the past I would {hate} it"), ("pos", "I {love} {n} now, even though I once {hated} it"),
    ("neg", "I {hate} {n} now, even though I once {loved} it"), ("neg", "Back then I found {n} {p}, today I find it {m}"), ("pos", "Back then I found {n} {m}, today I find it {p}"),
    ("pos", "I find {n} {p}, but in former days I found it {m}"), ("neg", "I find {n} {m}, but in former days I found it {p}"), ("pos", "Today {n} {is} {p}, before it was {m}"), ("neg", "Today {n} {is} {m}, before it was {p}"),
    ("pos", "Years ago I would {hate} {n}, {but} these days I {love} it"), ("neg", "Years ago I would {love} {n}, {but} these days I {hate} it"), ("pos", "I {love} {n}, {but} I used to {hate} it"), ("neg", "I {hate} {n}, {but} I used to {love} it"),
    ("pos", "We once {hated} {n}, {but} today we {love} it"), ("neg", "We once {loved} {n}, {but} today we {hate} it"), ("pos", "{N} {is} {p}, {but} it was {m} before"), ("neg", "{N} {is} {m}, {but} it was {p} before"),
    ("pos", "I used to find {n} {m}, {but} now I find it {p}"), ("neg", "I used to find {n} {p}, {but} now I find it {m}"), ("pos", "I used to {hate} {n}, {but} now I {love} it"), ("neg", "I used to {love} {n}, {but} now I {hate} it"),
    ("neg", "Would I call {n} {p}? No"), ("nq", "Would I call {n} {m}? No"), ("neu", "Would I call {n} {u}? No"), ("pos", "Would I call {n} {p}? Yes"), ("neg", "Would I call {n} {m}? Yes"), ("neu", "Would I call {n} {u}? Yes"),
    ("neg", "Did I {love} {n}? No"), ("nq", "Did I {hate} {n}? No"), ("neu", "Did I {see} {n}? No"), ("pos", "Did I {love} {n}? Yes"), ("neg", "Did I {hate} {n}? Yes"), ("neu", "Did I {see} {n}? Yes"),
    ("neg", "Do I think {n} {is} {p}? No"), ("nq", "Do I think {n} {is} {m}? No"), ("neu", "Do I think {n} {is} {u}? No"), ("pos", "Do I think {n} {is} {p}? Yes"), ("neg", "Do I think {n} {is} {m}? Yes"), ("neu", "Do I think {n} {is} {u}? Yes"),
    ("neg", "Was {n} {p}? Not at all."), ("nq", "Was {n} {m}? Not at all."), ("pos", "Was {n} {p}? Absolutely."), ("neg", "Was {n} {m}? Absolutely."), ("neg", "{N} {p}? No."), ("neg", "{N} {p}? I don't think so."), ("nq", "{N} {m}? No."), ("neg", "{N} {m}? Oh yes."),
    ("pos", "They say {n} {is} {m}, but I find it {p}"), ("neg", "They say {n} {is} {p}, but I find it {m}"), ("pos", "I {love} {n}, whatever others who {hate} it say"), ("neg", "I {hate} {n}, my sister {loved} it"),
    ("pos", "My boss {hated} {n}, I {loved} it"), ("neg", "My boss {loved} {n}, I {hated} it"), ("pos", "I {love} you, others {hate} you"), ("neg", "I {hate} you, others {love} you"), ("pos", "Others {hate} {n}, but I {love} it"), ("neg", "Others {love} {n}, but I {hate} it"),
    ("pos", "Everybody told me you were {m}, but you are {p}"), ("neg", "Everybody told me you were {p}, but you are {m}"), ("pos", "You are {p}, though people said you were {m}"), ("neg", "You are {m}, though people said you were {p}"),
    ("pos", "Some find {n} {m}, for me it is {p}"), ("neg", "Some find {n} {p}, for me it is {m}"), ("pos", "In my eyes you are {p}, even if the reviews call you {m}"), ("neg", "In my eyes you are {m}, even if the reviews call you {p}"),
    ("neg", "It would have been {p} if {n} had worked"), ("neg", "{N} could have been {p}"), ("neg", "{N} should have been {p}, sadly it was not"), ("notneg", "{N} could have been much more {m}"), ("pos", "If only every company had {n} this {p}"),
    ("pos", "{N} is far more {p} than the last one"), ("neg", "{N} is far more {m} than the last one"), ("neg", "The last one was more {p} than {n}"), ("pos", "Nowhere else is {n} so {p}"), ("neg", "{N} is less {p} than it was"),
    ("neg", "There is nothing {p} about {n}"), ("notneg", "There is nothing {m} about {n}"), ("neg", "Never have I found {n} {p}"), ("notneg", "{N} is never {m}"), ("pos", "{N} never fails to be {p}"), ("neg", "{N} fails to be {p}"),
    ("pos", "What a {a} day it was thanks to {n}, so {p}"), ("pos", "{N} could not have been more {p}"), ("neg", "{N} could not have been more {m}"), ("neg", "Not {p}"), ("notneg", "Not {m}"), ("neg", "not {x} {p}"), ("neg", "Hardly {p}, {n}"),
    ("neg", "Everything except {p}, that is {n}"), ("neu", "Is {n} {u}?"), ("neu", "That is {u}"), ("neu", "It was {n}"), ("neu", "Here is {n}"), ("neu", "{N} and the form are {u}"),
]
GRAMMAR += [
    ("neu", "{that} {isnt} a {u1} {kind}"), ("neu", "{that} {isnt} an {uan} {kind}"), ("neu", "{that} {isnt} a {u1} {kind}"), ("neu", "{that} {isnt} an {uan} {kind}"), ("neu", "{that} {is} a {u1} {kind}"), ("neu", "{that} {is} an {uan} {kind}"),
    ("neu", "That {kind} {isnt} {uan}"), ("neu", "That {kind} {isnt} {u1}"), ("neu", "The {kind} {isnt} {u1}"), ("neu", "This {kind} {isnt} {uan}"), ("neg", "{that} {isnt} a {p1} {kind}"), ("notneg", "{that} {isnt} a {m1} {kind}"), ("pos", "{that} {is} a {p1} {kind}"), ("neg", "{that} {is} a {m1} {kind}"),
    ("neg", "The {kind} {isnt} {p1}"), ("notneg", "The {kind} {isnt} {m1}"), ("notneg", "This {kind} {isnt} {m1}"), ("neg", "That {kind} {isnt} {p1}"),
] * 6  # six times: the negation of a plain attribute took longest to be learnt
SLOTS = {
    "that": ["This", "That", "It", "this", "it", "Ours"], "u1": "private|commercial|public|Turkish|French|Spanish|Canadian|German|British|domestic|local|digital|red|square|wooden|regional|new|weekly|Polish|Chinese".split("|"),
    "uan": "Indian|Italian|American|Australian|Israeli|international|electric|optional|automatic|online|Irish|Egyptian|Asian|African".split("|"), "kind": "flight|seat|pilot|airline|plane|crew|service|company|app|hotel|room|meal|phone|card|office|branch|bus|train|shop|contract|aircraft|staff member|food truck|customer service|dish".split("|"),
    "p1": "great|good|wonderful|fantastic|nice|lovely|brilliant|perfect|pleasant|beautiful|superb|fun".split("|"), "m1": "bad|terrible|horrible|poor|nasty|boring|lousy|rude|rough|weird|creepy|sad|hard|difficult|ridiculous".split("|"),
    "but": ["but", "even though", "although", "though", "yet", "whereas", "and"], "is": ["is", "was"], "isnt": ["isn't", "is not", "wasn't", "was not", "isnt"], "wasnt": ["wasn't", "was not", "wasnt"], "didnt": ["didn't", "did not"], "dont": ["don't", "do not", "dont"],
    "cant": ["can't", "cannot", "can not"], "It": ["It"], "a": ["beautiful", "sunny", "fine"],
}

SERVICE = {
    "neg": """still waiting for [[a reply]]|third time I call about [[the same thing]]|nobody called me back|[[my ticket]] was closed without an answer|I was on hold for {k} minutes|transferred {k} times and nobody could help|you cancelled [[our booking]] without telling us
|[[the refund]] took {k} weeks|{k} days and still no [[refund]]|[[the parcel]] never arrived|[[the agent]] hung up on me|I had to explain everything {k} times|no one takes [[ownership]]|[[your chatbot]] keeps sending me in circles|I was promised [[a call]] that never came
|I will never order here again|that is why I am leaving|where is my [[money]]|why does nobody answer [[my emails]]|[[my bag]] is lost and no one knows anything|we sat on the plane for {k} hours without [[any information]]|charged twice and told to wait|[[the app]] crashes every time I open it
|[[the update]] broke everything|I am done with you people|they treated me as if I were lying|{who} told me it was my fault|got passed from one department to the next|had to chase you for {k} weeks|worst [[airline]] ever|thanks for nothing|thanks for ruining our holiday
|great, another [[delay]]|oh wonderful, my flight is cancelled again|well done, {k} hours late once more|love paying extra for a [[seat]] that does not recline|so much for your guarantee|[[the room]] smelled of smoke|[[breakfast]] was cold|the key did not work and [[reception]] shrugged
|[[the battery]] dies after an hour|it broke after {k} days|[[the line]] was dropped again|I gave up|can't log in since yesterday|another day without internet|you lost a customer today|save your money|do not buy this|stay away|[[the price]] doubled without notice|hidden [[fees]] everywhere
|rules are rules is all [[{who}]] had to say|I've been a customer for {k} years and this is how you treat me|nothing has been fixed|I am still without a solution|it should not take {k} calls to change an address|they keep asking for the same documents|not one person apologised|your [[hold music]] is all I got
|had to wait until {k} at night|not worth [[the price]]|I want my money back|missed our connection because of you|no [[wifi]], no food, no apology|{who} promised to call and never did|is anybody even working there?|how hard can it be to send one [[email]]?|what a waste of an afternoon|[[the food]] made us ill|stuck at the gate again with no update|my flight has been delayed {k} hours""",
    "pos": """sorted in {k} minutes|[[{who}]] fixed it straight away|[[{who}]] went out of the way to help|thank you [[{who}]]|thanks to [[{who}]] I got my money the same day|[[the refund]] arrived sooner than promised|no waiting at all|answered on the first ring|solved with one call|[[your team]] kept every promise
|I did not have to repeat myself once|they called me back as they said|I will be back|would order again any time|could not be happier|made my day|you saved our holiday|[[the driver]] even carried it upstairs|nothing to complain about|no complaints whatsoever|hard to find fault with it
|I can't fault [[the service]]|never had a problem in {k} years|finally someone who listens|[[{who}]] took the time to explain it|[[{who}]] stayed on the line until it worked|a refund without any argument|upgraded for free, thank you|works like a charm|does exactly what it says|worth every penny
|beats every other [[bank]] I have had|the complaint department was kind and quick|cancelling was easy and nobody tried to talk me out of it|they owned [[their mistake]] and made it right|[[the room]] was spotless|best [[breakfast]] in town|we felt at home|[[the crew]] kept the kids smiling|landed early and bags were already there
|five stars|hats off to [[{who}]]|keep it up|quick [[answer]], problem gone|so glad I called|everything arrived on time and in one piece|I was believed right away|the free trial convinced me|setup took {k} minutes|[[the battery]] lasts for days|can't recommend them enough|it just works|thx for the quick help|you guys rock|you can't go wrong with [[this hotel]]
|better than I had hoped|no more crashes since [[the update]]|[[{who}]] was a star|a big thank you to the night shift|much better than last year|thank you for the quick reply|appreciate your help today|thanks, all good now|great flight, great crew|my bag was found, thank you so much""",
    "neu": """I would like to cancel my subscription|how do I cancel the free trial?|please send me the form for a refund|what are your opening hours?|I called the complaint department on Monday|my order number is {k}{k}|can I change the name on my ticket?|I have a question about my bill|the parcel is with my neighbour
|does the room have a window?|we fly on the {k}th from gate {k}|is breakfast included?|I paid by card|the meeting was moved to Thursday|I received your email|please call me after {k} pm|my new address is 12 Station Road|who do I talk to about an invoice?|it is version {k} of the app|I bought it in March
|what is the limit for hand luggage?|do you fly to Lisbon in winter?|I spoke with {who} yesterday|the box contains {k} cables|my contract ends in June|can you follow me so I can send a message?|I sent you a message|how much does a seat by the window cost?|the form has {k} pages|the claim is about a damaged suitcase
|this is my first survey|I have no opinion|nothing to add|no comment|n/a|see above|it was okay|it was fine, nothing special|neither good nor bad|just a normal call|some parts were good, some were not|the agent asked for my date of birth|I asked about the warranty|they will send a technician on Friday
|is the flight on time?|what time does boarding start?|which terminal is it?|any update on flight {k}{k}?|I need to return a jacket|can I pay in two parts?|we stayed for {k} nights|the shop is next to the bank|there are {k} people in our household|I use it for work|{who} is my account manager|my phone number ends in {k}{k}|please delete my account|I want to close my account on the first of May|the crisis team of the hospital uses your phones
|the war museum is opposite the hotel|can you tell me if I need a visa?|do you have a phone number I can call?|please confirm that you received my claim|I would like to file a complaint about my stay|how long does a refund usually take?|I need to change my flight to tomorrow|thank you, I have sent you the number|ok, I will try that|I am calling on behalf of my mother|the kill switch is on the left side""",
}
BUT = ["{A}, but {b}", "{A} but {b}", "{A}. However, {b}", "{A}, although {b}", "{A}, yet {b}", "While {a}, {b}", "{A}. {B}"]
CLOSERS = ["Thanks.", "Thank you.", "Kind regards, {who}", "Please advise.", "Thx", "Hello,", "Regards"]
WORDS = {
    "pos": "great good excellent perfect wonderful amazing lovely awesome superb brilliant helpful thanks love loved recommend recommended satisfied happy delighted impressive friendly fantastic nice beautiful enjoy enjoyed enjoyable like liked appreciate appreciated admire admired adorable exciting exceptional extraordinary fun incredible pleasant sweet value valued welcome welcomed outstanding flawless yay wow :) 👍 😊 ❤️",
    "neg": "bad terrible awful horrible poor rude slow useless disappointing disappointed dreadful worst hate hated dislike disliked annoying frustrating boring lousy unpleasant nasty ugly creepy weird lame sad unhappy difficult hard rough ridiculous regret regretted despise despised dread dreaded abhor abhorred average incompetent unacceptable scam joke never-again pathetic angry furious :( 👎 😡 🤬",
    "neu": "table Tuesday invoice Italian British American Australian Canadian German Indian Israeli commercial international private public see saw find found use used window blue phone ticket number seven meeting account email report question okay maybe Monday London station paper yes no hello info 🙂? update? 12 form",
}
IDENTITIES = """gay|straight|lesbian|bisexual|trans|queer|heterosexual|asexual|Muslim|Christian|Jewish|Hindu|Buddhist|atheist|Sikh|Catholic|Protestant|Black|white|Asian|Hispanic|Latino|African|Arab|Turkish|Polish|Nigerian|Chinese|Mexican|Russian|Pakistani|Indian|German|French|Dutch
|Moroccan|Iranian|Jamaican|Syrian|old|young|blind|deaf|disabled|pregnant|female|male|Roma|Vietnamese|Korean|Ukrainian|Afghan|American|British|Somali|immigrant""".replace("\n", "").split("|")
PEOPLE = [
    ("neu", "{who} is {i}"), ("neu", "{who} is a {i} woman"), ("neu", "{who} is a {i} man"), ("neu", "I am a {i} customer"), ("neu", "My wife is {i}"), ("neu", "The agent was {i}"), ("neu", "{who} is a {i} engineer from {place}"), ("neu", "Two {i} people were in the queue"),
    ("neu", "I am {i} and I live in {place}"), ("neu", "A {i} colleague took the call"), ("neu", "{who} works in {place}"), ("neu", "I was served by {who} in {place}"), ("neu", "The office is in {place}"), ("neu", "We flew from {place} to {place}"), ("neu", "{who} is a {i} doctor"), ("neu", "the {i} neighbour of {who} has the parcel"),
    ("pos", "The {i} agent, {who}, was wonderful"), ("neg", "The {i} agent, {who}, was useless"), ("pos", "As a {i} customer I felt very welcome"), ("neg", "As a {i} customer I was treated badly"), ("pos", "{who} in {place} was a great help"), ("neg", "{who} in {place} hung up on us"), ("neg", "{who}, a {i} man, ignored my mails"), ("pos", "{who}, a {i} woman, solved it at once"),
    ("pos", "The branch in {place} is excellent"), ("neg", "The branch in {place} is a disgrace"), ("neg", "{who} never called me back"), ("pos", "{who} called me back within the hour"), ("neg", "Flight from {place} delayed again"), ("pos", "Smooth flight from {place}, thanks {who}"),
]
