package langid_test

// short are comments of three to eight words, as customers type them.
var short = map[string][]string{
	"en": {"Very slow service, never again", "The staff were lovely and helpful", "Could not reach anyone by phone",
		"great value for the money", "Package arrived two days late", "It just works, thanks!", "I would not recommend this shop"},
	"de": {"Sehr freundliche Bedienung, gerne wieder", "Das Paket kam beschädigt an", "leider keine Antwort bekommen",
		"Alles bestens, schnelle Lieferung", "Die Hotline ist nie erreichbar", "viel zu teuer für das Gebotene", "Ich bin rundum zufrieden"},
	"fr": {"Service très lent et désagréable", "Livraison rapide, je recommande", "personne ne répond au téléphone",
		"Je suis déçue de la qualité", "Tout était parfait, merci beaucoup", "beaucoup trop cher pour ce que c'est", "Le vendeur était vraiment aimable"},
	"es": {"El envío llegó muy tarde", "Muy buena atención, volveré pronto", "nadie contesta el teléfono",
		"La calidad deja mucho que desear", "Todo perfecto, muchas gracias", "demasiado caro para lo que ofrece", "Estoy muy contenta con la compra"},
	"pt": {"A entrega demorou demais", "Atendimento excelente, recomendo muito", "ninguém respondeu ao meu pedido",
		"Não gostei da qualidade do produto", "Tudo chegou certinho, obrigada", "muito caro para o que oferece", "Vocês estão de parabéns pelo serviço"},
	"it": {"Il pacco è arrivato in ritardo", "Personale gentile e molto disponibile", "nessuno risponde al telefono",
		"La qualità è davvero pessima", "Tutto perfetto, grazie mille", "troppo caro per quello che offre", "Sono molto soddisfatta dell'acquisto"},
	"nl": {"De bezorging duurde veel te lang", "Vriendelijk personeel, zeker een aanrader", "niemand neemt de telefoon op",
		"Ik ben erg tevreden over de aankoop", "Alles was goed geregeld, bedankt", "veel te duur voor wat je krijgt", "Het product was meteen kapot"},
	"ar": {"الخدمة بطيئة جدا", "شكرا لكم على التعامل الراقي", "وصل الطلب متأخرا ومكسورا",
		"لا أحد يرد على الهاتف", "أنصح الجميع بهذا المتجر", "السعر مرتفع مقارنة بالجودة", "كانت التجربة رائعة"},
}

// longer are a few sentences each.
var longer = map[string][]string{
	"en": {"We waited forty minutes at the counter although only two people were ahead of us. When it was finally our turn nobody knew anything about the order."},
	"de": {"Wir haben vierzig Minuten an der Theke gewartet, obwohl nur zwei Leute vor uns waren. Als wir endlich dran waren, wusste niemand etwas von der Bestellung."},
	"fr": {"Nous avons attendu quarante minutes au comptoir alors qu'il n'y avait que deux personnes devant nous. Personne ne savait rien de notre commande."},
	"es": {"Esperamos cuarenta minutos en el mostrador aunque solo había dos personas delante. Cuando por fin nos tocó, nadie sabía nada del pedido."},
	"pt": {"Esperamos quarenta minutos no balcão embora só houvesse duas pessoas na nossa frente. Quando chegou a nossa vez, ninguém sabia nada do pedido."},
	"it": {"Abbiamo aspettato quaranta minuti al banco anche se davanti a noi c'erano solo due persone. Quando è toccato a noi nessuno sapeva nulla dell'ordine."},
	"nl": {"We hebben veertig minuten aan de balie gewacht terwijl er maar twee mensen voor ons waren. Toen we eindelijk aan de beurt waren, wist niemand iets van de bestelling."},
	"ar": {"انتظرنا أربعين دقيقة عند المنضدة مع أن أمامنا شخصين فقط. وعندما جاء دورنا أخيرا لم يكن أحد يعرف شيئا عن الطلب."},
}

// strange are texts in languages that are only told apart from ours.
var strange = map[string][]string{
	"pl": {"Bardzo wolna obsługa, nigdy więcej", "Paczka przyszła uszkodzona i nikt nie odbiera telefonu"},
	"tr": {"Kargo çok geç geldi, memnun kalmadım", "Personel çok ilgili ve güler yüzlüydü, teşekkürler"},
	"sv": {"Mycket trevlig personal och snabb leverans", "Jag är inte alls nöjd med kvaliteten"},
	"da": {"Meget dårlig betjening, jeg kommer aldrig igen", "Pakken blev leveret alt for sent og var ødelagt"},
	"nb": {"Veldig hyggelig betjening, jeg kommer gjerne tilbake", "Jeg er ikke fornøyd med kvaliteten på varen"},
	"fi": {"Erittäin hidas palvelu, en suosittele kenellekään", "Tilaus saapui ajoissa ja olen tyytyväinen"},
	"cs": {"Velmi pomalá obsluha, už nikdy více", "Zboží dorazilo poškozené a nikdo nezvedá telefon"},
	"hu": {"Nagyon lassú kiszolgálás, soha többet", "A csomag időben megérkezett, köszönöm szépen"},
	"ro": {"Servicii foarte slabe, nu recomand nimănui", "Coletul a ajuns târziu și era deteriorat"},
	"id": {"Pelayanan sangat lambat dan tidak ramah", "Barang sudah sampai dengan selamat, terima kasih"},
	"vi": {"Dịch vụ quá chậm, tôi sẽ không quay lại", "Nhân viên rất thân thiện và nhiệt tình"},
	"fa": {"خدمات خیلی کند بود و راضی نیستم", "بسته خیلی دیر به دستم رسید و خراب بود"},
}
