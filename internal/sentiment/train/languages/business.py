"""Sentences in which the words of business ("refund", "complaint", "cancel", "lawyer") are no verdict by themselves, in eight languages.

One more trade for every language, in the notation of generate.py: the same word praised, blamed and merely named, so that the verdict has to
come from what is said about it. Also what was short elsewhere: leaving and threatening in plain words, wishes about the past, fears that did
not come true, praise of the absent and of competitors.
"""

SENTENCES = {
    "en": {
        "neg": """refund refused without a reason|[[my refund]] has been pending for {k} weeks|I had to file a complaint twice before anyone looked at it|[[your complaint form]] does not even open|you cancelled my order and kept the money|impossible to cancel, I tried {k} times|[[the free trial]] was not free at all
|the trial charged my card on day one|I have had enough and I am moving to another provider|I will take my business elsewhere|my solicitor will write to you next week|I have reported you to the regulator|see you in small claims court|I am going to the consumer association about this|[[the heater]] gave me an electric shock
|smoke came out of [[the plug]]|[[the cable]] melted on the carpet|my father is disabled and you left him without [[power]]|other companies reply in half the time|the old app did this much better|I miss the way it was before|I hope you will finally hire somebody who reads the ticket|it would have been nice to be told about [[the delay]]
|a short message would have been enough|you could at least have apologised|lovely, now I can start all over again|fantastic, {k} more days without [[internet]]|brilliant, the same form for the fourth time|barely usable|just about acceptable, and that is generous|I expected more for [[the price]]|why does it take {k} weeks to return what is mine?
|how many times do I have to send the same photo?|[[the claim]] was turned down with one line|[[the agent]] put the phone down on me|[[the woman on the phone]] was short with me|is that what you call a warranty?|[[the exchange]] took longer than the guarantee lasts""",
        "pos": """[[the refund]] was back on my card the next day|I got my money back without asking twice|refund approved in {k} minutes, thanks|money returned, no questions|you took my complaint seriously and fixed it|somebody finally listened to my complaint|[[the complaints team]] could not have been kinder|cancelled with one click, easy as that
|cancelling took {k} seconds and I even got the rest of the month back|[[the free trial]] is generous and I stayed|fair [[policy]], swapped it on the spot|no queue, no paperwork, straight through|no waiting, no fuss|zero problems from start to finish|I feared the worst, but it all went smoothly|I was worried about [[the claim]], no need to be
|the lost parcel was replaced the same day|[[the claim]] was paid within a week|[[the warranty]] covered everything|[[the debt]] was cleared up with one friendly call|never a problem, never a delay|it was about time, and it was worth it|I was angry when I called and laughing when I hung up|she was so patient with all my questions
|[[{who}]] stayed calm although I was not|[[the return]] was painless|my emergency was handled in no time|the bug I reported was gone the next morning|the crisis was over thanks to [[{who}]]|we have been with you for {k} years and you have never let us down|other companies could learn from you|I almost left, then [[{who}]] changed my mind""",
        "neu": """I have sent the refund form to the department|please pass this on to the complaints team|who handles complaints?|my complaint has the number {k}{k}|I wish to cancel my booking for the {k}th|cancel my free trial please|when does the free trial end?|the refund should go to my new account|please call me back in the afternoon|call me on my mobile after {k}
|can someone ring me tomorrow?|I am writing about policy number {k}{k}{k}|it concerns the invoice of May|the lawyer of the company signed the contract|I work for the court|the emergency exit is next to gate {k}|the warranty lasts {k} years|the return label is in the box|I am returning one of the two jackets|the debit is on the {k}th
|the problem is described in the attached file|is there a fee for changing the date?|where do I report a fault?|the delay compensation form is attached|I reported it on Monday|I am a new customer|I have been a customer since last year|what happens after the trial?|how do I get a refund if I cancel?|the police station is opposite the branch|it was as expected|it is what it is""",
    },
    "de": {
        "neg": """Ich kündige und gehe zu einem anderen Anbieter|mir reicht es, ich wechsle|ich schalte jetzt einen Rechtsanwalt ein|das geht an die Verbraucherzentrale|wir sehen uns vor Gericht|[[die Erstattung]] wird seit {k} Wochen verweigert|[[meine Beschwerde]] wurde einfach ignoriert|[[das Gerät]] hat gequalmt|[[das Kabel]] ist geschmolzen
|es wäre nett gewesen, Bescheid zu sagen|eine kurze Nachricht hätte gereicht|schön, jetzt darf ich wieder von vorn anfangen|prima, noch {k} Tage ohne [[Internet]]|die Kündigung ist praktisch unmöglich|die Konkurrenz antwortet doppelt so schnell|[[der Mitarbeiter]] hat einfach aufgelegt|meine Oma ist krank und sitzt im Dunkeln|vielen Dank für gar nichts""",
        "pos": """[[die Erstattung]] war am nächsten Tag da|Geld zurück, ohne Diskussion|[[meine Beschwerde]] wurde ernst genommen|Kündigung mit einem Klick, so soll es sein|ich hatte Schlimmes befürchtet, aber alles lief glatt|die Sorge war unbegründet, alles bestens|keine Schlange, kein Papierkram|nie ein Problem gehabt|[[die Reklamation]] wurde sofort erledigt
|[[der Umtausch]] war völlig unkompliziert|der Probemonat hat mich überzeugt|sie war sehr geduldig mit mir|perfekt|einwandfrei""",
        "neu": """ich möchte mein Abo zum Monatsende kündigen|bitte an die Beschwerdestelle weiterleiten|wie lange dauert eine Rückerstattung?|bitte rufen Sie mich nach {k} Uhr zurück|wann endet der Probemonat?|die Rechnung vom Mai liegt bei|mein Anwalt hat seine Kanzlei nebenan|der Notausgang ist links|wo melde ich einen Schaden?|es war in Ordnung
|die Reklamation hat die Nummer {k}{k}|es geht um Vertrag {k}{k}{k}|ganz okay|so wie erwartet""",
    },
    "fr": {
        "neg": """je résilie et je pars chez un concurrent|je vais saisir la justice|vous aurez des nouvelles de mon avocat|je dépose plainte dès demain|je préviens une association de consommateurs|[[le remboursement]] est refusé sans raison|[[ma réclamation]] est restée sans suite|[[la prise]] a fondu|de la fumée sortait de [[l'appareil]]
|il aurait été correct de nous avertir|un simple message aurait suffi|vous auriez pu nous prévenir|bravo, encore {k} jours sans [[internet]]|formidable, je dois tout recommencer|impossible de résilier|les autres répondent deux fois plus vite|[[la conseillère]] m'a raccroché au nez|ma grand-mère est malade et sans courant|merci pour rien du tout""",
        "pos": """[[le remboursement]] est arrivé le lendemain|remboursé sans discuter|[[ma réclamation]] a été prise au sérieux|résilié en un clic, très simple|j'avais peur, mais tout s'est bien déroulé|je m'attendais au pire et tout a été parfait|pas de file, pas de papiers|jamais eu de problème|[[l'échange]] s'est fait tout de suite|l'essai gratuit m'a convaincu
|elle a été très patiente avec moi|parfait|impeccable|rien à redire""",
        "neu": """je souhaite résilier mon abonnement à la fin du mois|merci de transmettre au service des réclamations|combien de temps prend un remboursement ?|merci de m'appeler après {k} heures|quand se termine l'essai gratuit ?|la facture de mai est jointe|mon avocat habite ici|où signaler une panne ?|c'était correct, sans plus|mon dossier porte le numéro {k}{k}
|il s'agit du contrat {k}{k}{k}|comme prévu|la sortie de secours est à gauche""",
    },
    "es": {
        "neg": """me cambio de compañía y no vuelvo|cancelo todo y me voy con otros|voy a hablar con mi abogado|pondré una reclamación en consumo|nos veremos en los tribunales|[[el reembolso]] sigue sin llegar|[[mi queja]] no la ha leído nadie|[[el enchufe]] echaba humo|[[el cable]] se derritió|habría estado bien que avisaran
|bastaba con un mensaje|podrían haber avisado del cambio|qué bien, otros {k} días sin [[internet]]|estupendo, a empezar de cero otra vez|darse de baja es imposible|la competencia contesta en la mitad de tiempo|[[el agente]] me colgó el teléfono|mi abuela está enferma y sin luz|gracias por nada""",
        "pos": """[[el reembolso]] llegó al día siguiente|me devolvieron el dinero sin discutir|se tomaron en serio [[mi queja]]|cancelar fue facilísimo|temía lo peor, pero todo salió bien|pensaba que sería un lío y fue muy fácil|sin colas ni papeleo|nunca he tenido un problema|[[el cambio]] fue inmediato|la prueba gratuita me convenció
|tuvo mucha paciencia conmigo|perfecto|impecable|ninguna queja""",
        "neu": """quisiera cancelar mi suscripción a fin de mes|por favor, páselo al departamento de reclamaciones|¿cuánto tarda un reembolso?|llámenme después de las {k}|¿cuándo termina la prueba gratuita?|adjunto la factura de mayo|mi abogado vive aquí al lado|¿dónde comunico una avería?|ha estado bien, sin más|mi reclamación tiene el número {k}{k}
|es sobre el contrato {k}{k}{k}|lo esperado|la salida de emergencia está a la izquierda""",
    },
    "pt": {
        "neg": """vou cancelar tudo e trocar de empresa|vou mudar para a concorrência|vou falar com o meu advogado|vou apresentar queixa à defesa do consumidor|vemo-nos em tribunal|[[o reembolso]] foi recusado sem motivo|[[a minha reclamação]] foi ignorada|saía fumo da [[tomada]]|[[o cabo]] derreteu|teria sido bom avisar
|bastava uma mensagem|podiam ter avisado do atraso|que ótimo, mais {k} dias sem [[internet]]|que beleza, tenho de começar tudo de novo|cancelar é impossível|a concorrência responde na metade do tempo|[[o atendente]] desligou na minha cara|a minha mãe está doente e sem luz|obrigado por coisa nenhuma""",
        "pos": """[[o reembolso]] caiu no dia seguinte|devolveram o dinheiro sem discutir|levaram [[a minha reclamação]] a sério|cancelar foi muito fácil|temia o pior, mas correu tudo bem|achei que ia ser um problema e foi simples|sem filas e sem papelada|nunca tive um problema|[[a troca]] foi na hora|o teste gratuito convenceu-me
|teve muita paciência comigo|perfeito|impecável|nada a reclamar""",
        "neu": """gostaria de cancelar a assinatura no fim do mês|por favor encaminhe ao setor de reclamações|quanto tempo demora um reembolso?|liguem-me depois das {k}|quando acaba o teste gratuito?|a fatura de maio segue em anexo|o meu advogado mora aqui|onde comunico uma avaria?|foi normal|a reclamação tem o número {k}{k}
|é sobre o contrato {k}{k}{k}|como esperado|a saída de emergência fica à esquerda""",
    },
    "it": {
        "neg": """disdico e passo alla concorrenza|cambio gestore, basta|ne parlerò con il mio legale|mi rivolgo a un'associazione di consumatori|ci vediamo in tribunale|[[il rimborso]] è stato negato senza motivo|[[il mio reclamo]] è stato ignorato|usciva fumo dalla [[presa]]|[[il cavo]] si è fuso|sarebbe stato carino avvisare
|bastava un messaggio|potevate avvisare del ritardo|che bello, altri {k} giorni senza [[internet]]|ottimo, devo ricominciare tutto da capo|disdire è impossibile|la concorrenza risponde nella metà del tempo|[[l'operatore]] mi ha attaccato il telefono|mia nonna è malata e senza luce|grazie di niente""",
        "pos": """[[il rimborso]] è arrivato il giorno dopo|soldi restituiti senza discutere|[[il mio reclamo]] è stato preso sul serio|disdetta in un clic, facilissimo|temevo il peggio, invece è filato tutto liscio|pensavo a un disastro e invece tutto bene|niente coda, niente moduli|mai avuto un problema|[[il cambio]] è stato immediato|la prova gratuita mi ha convinto
|è stata molto paziente con me|perfetto|impeccabile|niente da ridire""",
        "neu": """vorrei disdire il contratto a fine anno|si prega di inoltrare all'ufficio reclami|quanto ci vuole per un rimborso?|richiamatemi dopo le {k}|quando finisce la prova gratuita?|allego la fattura di maggio|il mio avvocato abita qui|dove segnalo un guasto?|nella norma|il reclamo ha il numero {k}{k}
|riguarda il contratto {k}{k}{k}|come previsto|l'uscita di emergenza è a sinistra""",
    },
    "nl": {
        "neg": """ik zeg op en ga naar een ander|ik stap over, klaar ermee|mijn advocaat neemt contact op|ik doe aangifte bij de politie|ik stap naar de rechter|[[de terugbetaling]] is zonder reden geweigerd|[[mijn klacht]] is gewoon genegeerd|er kwam rook uit [[het stopcontact]]|[[de kabel]] is gesmolten|het was netjes geweest om dat te melden
|een berichtje was genoeg geweest|jullie hadden ons wel kunnen waarschuwen|fijn, weer {k} dagen zonder [[internet]]|geweldig, mag ik weer opnieuw beginnen|opzeggen is onmogelijk|de concurrent antwoordt twee keer zo snel|[[de medewerker]] gooide de hoorn erop|[[de vrouw aan de balie]] was onbeleefd|[[de man aan de lijn]] was bot|[[die medewerker]] was echt onbeschoft|mijn oma is ziek en zit zonder stroom|bedankt voor niets""",
        "pos": """[[de terugbetaling]] stond er de volgende dag op|geld terug zonder gezeur|[[mijn klacht]] werd serieus genomen|opzeggen ging met één klik|ik vreesde het ergste, maar alles ging goed|de zorgen waren nergens voor nodig, alles prima|geen rij, geen papierwerk|nooit een probleem gehad|[[het ruilen]] was zo gebeurd|de proefmaand heeft me overtuigd
|ze was heel geduldig met me|perfect|keurig|niets op aan te merken""",
        "neu": """ik wil mijn abonnement per het einde van de maand opzeggen|graag doorsturen naar de klachtenafdeling|hoe lang duurt een terugbetaling?|bel me na {k} uur terug|wanneer eindigt de proefmaand?|de factuur van mei zit erbij|mijn advocaat woont hiernaast|waar meld ik een storing?|het was gewoon prima, niets bijzonders|de klacht heeft nummer {k}{k}
|het gaat om contract {k}{k}{k}|zoals verwacht|de nooduitgang is links""",
    },
    "ar": {
        "neg": """سألغي الاشتراك وأنتقل إلى شركة أخرى|سأغير الشركة، يكفي|سيتواصل معكم المحامي|سأتقدم بشكوى إلى هيئة حماية المستهلك|سأرفع قضية في المحكمة|رفضتم رد المبلغ بدون سبب|تجاهلتم شكواي تماما|خرج دخان من الجهاز|ذاب السلك من الحرارة|كان من الأفضل أن تخبرونا
|رسالة قصيرة كانت تكفي|رائع، {k} أيام أخرى بدون إنترنت|جميل، علي أن أبدأ من جديد|إلغاء الخدمة مستحيل|الشركات الأخرى ترد أسرع منكم|أغلق الموظف الهاتف في وجهي|جدتي مريضة وبلا كهرباء|كانت الخدمة جيدة من قبل أما اليوم فهي سيئة|شكرا على لا شيء""",
        "pos": """وصل المبلغ المسترد في اليوم التالي|أعادوا المال بدون نقاش|أخذتم شكواي على محمل الجد|كان الإلغاء سهلا جدا|كنت خائفا لكن كل شيء سار على ما يرام|توقعت الأسوأ لكن كل شيء كان ممتازا|بدون انتظار وبدون أوراق|لم أواجه أي مشكلة|تم الاستبدال فورا|أقنعتني الفترة التجريبية
|كانت صبورة جدا معي|ممتاز|لا غبار عليه""",
        "neu": """أريد إلغاء اشتراكي في نهاية الشهر|أرجو تحويل هذا إلى قسم الشكاوى|كم يستغرق رد المبلغ؟|اتصلوا بي بعد الساعة {k}|متى تنتهي الفترة التجريبية؟|مرفق فاتورة شهر مايو|أين أبلغ عن عطل؟|عادي|رقم الشكوى {k}{k}|الموضوع يخص العقد {k}{k}{k}|كما هو متوقع|مخرج الطوارئ على اليسار|مكتب المحامي بجانب الفرع""",
    },
}
