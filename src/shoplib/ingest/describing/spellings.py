"""How shops call their columns, rows and ways to pay, in nine languages: data for ``clues``, no judgement.

Words stand as ``clues.spoken_name`` says them: lower case, accents and marks gone. English ones are patterns, for
they come in many orders; those of other languages are plain lists, one line a language. A word that a shop may use
for something else, too, ends in ``?``.
"""

from __future__ import annotations

_SALE = r"(invoice|order|bill|receipt|transaction|txn|trans|ticket|sales?|check|basket)"
_PLACE = r"(branch|store|outlet|location|shop|site|restaurant|warehouse)"
_GOODS = r"(product|item|article|menu item|dish|pizza)"
_PERSON = r"(cashier|employee|server|staff|waiter|operator|sales ?person|clerk)"
_NUMBER = r"(id|no|nr|num|number|code|ref)"

ENGLISH: dict[str, tuple[str, ...]] = {
    "transaction_id": (rf"{_SALE} ?{_NUMBER}", r"(invoice|receipt|transaction|txn|ticket|bill|order|basket)", _NUMBER),
    "quantity": (
        r"(qty|quantity|units?|pieces|pcs|count)",
        r"(qty|quantity|units?|number|no|num) (of |sold|ordered|\w+).*",
        r".* (qty|quantity|units)",
    ),
    "unit_price": (
        r"(unit|item|each|selling|list) ?price( .*)?|price (each|per \w+)",
        r"(unit )?(price|rate|mrp)( \w{1,3})?",
        r".* (price|rate)",
    ),
    "total_amount": (
        r"(grand|line|order|bill|invoice|total|final) ?(total|amount|price|sales?|value)( .*)?",
        r"(total|amount|net|gross|sales?|revenue|turnover)( (amount|sales?|total|price|paid|value))?( \w{1,3})?",
        r".* (total|amount)|value|paid",
    ),
    "subtotal": (r"sub ?total", r"(net|taxable) ?(amount|sales?|value)|amount before tax|cogs"),
    "tax_total": (r"(total )?(tax|vat|gst|sales tax)( .*)?",),
    "discount_total": (r"(total )?(discount|rebate)s?( .*)?",),
    "tip_amount": (r"(tip|tips|gratuity)( amount)?",),
    "location_id": (rf"{_PLACE} ?{_NUMBER}", rf"{_PLACE}( name)?"),
    "location_name": (rf"{_PLACE} name",),
    "location_type": (rf"{_PLACE} (type|kind|format)",),
    "city": (r"(city|town)",),
    "product_id": (
        rf"{_GOODS} ?{_NUMBER}|{_GOODS} name id|sku|barcode|ean|stock ?code",
        rf"{_GOODS}( name)?",
        r"((item|product) )?description",
    ),
    "product_name": (rf"{_GOODS}( name)?", r"((item|product) )?description"),
    "product_category": (rf"({_GOODS} )?category( name)?|product (line|group|type)|department|dept",),
    "payment_method": (
        r"(payment|pay) ?(method|mode|type|means)|mode of payment|tender( type)?|paid by",
        r"payment|mode",
    ),
    "payment_status": (r"(payment|paid) status",),
    "transaction_status": (r"((transaction|order|sale) )?(status|state)",),
    "employee_id": (rf"{_PERSON} ?{_NUMBER}", rf"{_PERSON}( name)?"),
    "employee_name": (rf"{_PERSON} name",),
    "employee_role": (rf"{_PERSON} (role|position|job)",),
    "transaction_number": (rf"{_SALE} ?{_NUMBER}",),
    "customer_id": (rf"(customer|client|member|buyer) ?{_NUMBER}",),
    "device_id": (rf"(till|terminal|register|pos|device)( ?{_NUMBER})?",),
    "num_items": (r"(num|number|no|nr|count) (of )?(items|lines|products)|items? count|items",),
    "refund_of": (r"(refund|return)s? (of|for)|original (transaction|order|sale|receipt)( id)?",),
    "card_last_four": (r"card last (four|4)( digits)?|last (four|4)( digits)?",),
    "authorization_code": (r"auth(ori[sz]ation)? ?(code|no|id)",),
}
"""Field → patterns of its column, best first, fields of equal score in this order; matched against the whole name."""

OTHERS: dict[str, tuple[str, ...]] = {
    "transaction_id": (
        "rechnungsnummer, rechnungsnr, rechnung nr, rechnung, belegnummer, belegnr, beleg nr, beleg, bonnummer, bonnr, "
        "bon nr, bon, kassenbon, kassenbonnr, auftragsnummer, bestellnummer, bestellung, vorgang, vorgangsnummer, "
        "transaktionsnummer, transaktions id, transaktion, quittung, quittungsnummer",
        "numero de facture, numero facture, n facture, no facture, facture, numero de ticket, n ticket, no ticket, "
        "numero ticket, ticket de caisse, numero de commande, n commande, no commande, commande, numero de transaction",
        "numero de factura, n factura, no factura, num factura, factura, numero de ticket, num ticket, ticket, folio, "
        "recibo, numero de recibo, pedido, numero de pedido, id venta, id pedido, id transaccion, comprobante",
        "numero scontrino, n scontrino, scontrino, numero fattura, n fattura, fattura, ordine, numero ordine, "
        "ricevuta, "
        "numero ricevuta, id transazione, id vendita",
        "numero da fatura, fatura, n fatura, no fatura, cupom, cupom fiscal, numero do cupom, nota fiscal, "
        "numero da nota, "
        "pedido, numero do pedido, id venda, id da venda, id transacao",
        "bonnummer, bonnr, kassabon, factuurnummer, factuurnr, factuur, bestelnummer, bestelling, ordernummer, "
        "transactienummer, transactie id",
        "bill sankhya, bill kramank, rasid sankhya, rasid no, rasid, chalan no, bijak no",
        "no transaksi, nomor transaksi, id transaksi, kode transaksi, transaksi id, no struk, nomor struk, struk, "
        "no nota, "
        "nomor nota, nota, no faktur, nomor faktur, no invoice, nomor invoice, no pesanan, id pesanan",
    ),
    "quantity": (
        "menge, anzahl, stuck, stueck, stk, stuckzahl, stueckzahl, verkaufte menge, verkaufsmenge",
        "quantite, qte, nombre, quantite vendue, nb", "cantidad, cant, unidades, cantidad vendida",
        "quantita, qta, pezzi, q ta", "quantidade, qtd, qtde, quant", "aantal, hoeveelheid, stuks",
        "matra, sankhya?, nag, ginti", "jumlah?, qty, kuantitas, jumlah barang, jumlah item, banyak, banyaknya, jml",
    ),
    "unit_price": (
        "preis, einzelpreis, stuckpreis, stueckpreis, e preis, verkaufspreis, vk preis, vk, preis pro stuck",
        "prix, prix unitaire, pu, p u, prix de vente, prix unitaire ttc", "precio, precio unitario, p unitario, pvp",
        "prezzo, prezzo unitario", "preco, preco unitario, valor unitario", "prijs, stukprijs, eenheidsprijs, "
        "verkoopprijs",
        "dar, bhav, mulya, daam", "harga, harga satuan, harga jual, harga per unit",
    ),
    "total_amount": (
        "betrag, gesamtbetrag, gesamt, gesamtpreis, summe, umsatz, bruttobetrag, bruttoumsatz, brutto, umsatz brutto, "
        "betrag brutto, rechnungsbetrag, endbetrag, gesamtsumme, zeilensumme, positionsbetrag, zahlbetrag",
        "montant, montant ttc, total ttc, total, ttc, prix total, montant total, ca, ca ttc, chiffre d affaires, "
        "ventes?",
        "importe, total, importe total, monto, monto total, valor total, precio total, ventas?, total venta, ingresos",
        "importo, totale, importo totale, prezzo totale, totale riga, incasso, ricavo, vendite?",
        "valor, valor total, total, preco total, montante, total da venda, receita",
        "bedrag, totaal, totaalbedrag, totaalprijs, omzet, bedrag incl btw, totaal incl btw",
        "rashi, kul, kul rashi, kul yog, yog, rakam, bikri?",
        "total, total harga, jumlah harga, total bayar, jumlah bayar, total belanja, total penjualan, nilai, nominal, "
        "omzet, omset, pendapatan, subtotal baris, grand total",
    ),
    "subtotal": (
        "zwischensumme, netto, nettobetrag, nettoumsatz, betrag netto, umsatz netto", "sous total, montant ht, "
        "total ht, ht",
        "subtotal, base imponible, importe neto, neto", "subtotale, imponibile, netto", "subtotal, valor liquido",
        "subtotaal, bedrag excl btw, totaal excl btw, netto", "up yog", "subtotal, sub total",
    ),
    "tax_total": (
        "steuer, mwst, mwst betrag, ust, umsatzsteuer, mehrwertsteuer, steuerbetrag", "tva, taxe, taxes, montant tva",
        "iva, impuesto, impuestos, importe iva", "iva, imposta, imposte", "iva, imposto, impostos, icms",
        "btw, btw bedrag, belasting", "kar", "pajak, ppn",
    ),
    "discount_total": (
        "rabatt, nachlass, rabattbetrag, skonto", "remise, rabais, reduction", "descuento, rebaja", "sconto",
        "desconto", "korting", "chhoot, chhut, chut", "diskon, potongan",
    ),
    "tip_amount": ("trinkgeld", "pourboire", "propina", "mancia", "gorjeta", "fooi", "bakshish", "tip, uang tip"),
    "location_id": (
        "filiale, filial nr, filialnr, filialnummer, standort, laden, markt, geschaft, betrieb, shop nr",
        "magasin, succursale, point de vente, boutique, etablissement", "sucursal, tienda, local, punto de venta",
        "filiale, negozio, punto vendita, sede", "filial, loja, unidade", "filiaal, winkel, vestiging",
        "shakha, dukaan, dukan", "cabang, toko, outlet, gerai, nama cabang, kode cabang, nama toko, lokasi",
    ),
    "city": ("stadt, ort", "ville", "ciudad", "citta", "cidade", "stad, plaats", "shahar, shehar", "kota"),
    "product_id": (
        "artikelnummer, artikelnr, artikel nr, art nr, artnr, artikel id, artikel, produkt, produktnummer, ware",
        "article, produit, reference, code article, ref article", "producto, articulo, codigo, codigo producto, sku",
        "prodotto, articolo, codice articolo, codice prodotto, codice", "produto, artigo, codigo do produto, codigo",
        "artikel, artikelnummer, product, artikelcode", "vastu, saman, utpad, maal",
        "produk, barang, menu, kode barang, kode produk, item, id produk, kode item",
    ),
    "product_name": (
        "artikelbezeichnung, bezeichnung, artikelname, produktname, artikelbeschreibung, artikel, produkt",
        "designation, libelle, nom du produit, produit, article", "descripcion, nombre producto, "
        "nombre del producto, producto",
        "descrizione, nome prodotto, prodotto", "descricao, nome do produto, produto",
        "omschrijving, artikelnaam, productnaam, artikel", "vastu ka naam, saman ka naam",
        "nama barang, nama produk, nama menu, nama item, produk, barang",
    ),
    "product_category": (
        "warengruppe, kategorie, artikelgruppe, produktgruppe, abteilung, sparte", "categorie, famille, rayon",
        "categoria, familia, departamento", "categoria, reparto, famiglia", "categoria, grupo, departamento",
        "categorie, productgroep, artikelgroep, afdeling", "shreni, varg", "kategori, jenis, jenis barang, kelompok",
    ),
    "payment_method": (
        "zahlart, zahlungsart, zahlungsmittel, zahlweise, zahlungsmethode, bezahlart",
        "mode de paiement, moyen de paiement, paiement, reglement, mode de reglement",
        "forma de pago, metodo de pago, medio de pago, tipo de pago, pago", "pagamento, metodo di pagamento, "
        "metodo pagamento, "
        "tipo pagamento, modalita di pagamento", "forma de pagamento, metodo de pagamento, pagamento, "
        "tipo de pagamento",
        "betaalwijze, betaalmethode, betaling, betaalmiddel", "bhugtan, bhugtan vidhi, bhugtan ka tarika",
        "metode pembayaran, pembayaran, cara bayar, jenis pembayaran, tipe pembayaran, metode bayar, bayar?",
    ),
    "payment_status": (
        "zahlungsstatus, zahlstatus", "statut paiement, statut de paiement", "estado de pago, estado pago",
        "stato pagamento", "status do pagamento, status pagamento", "betaalstatus", "bhugtan sthiti",
        "status pembayaran, status bayar",
    ),
    "transaction_status": ("status, zustand", "statut, etat", "estado", "stato", "situacao, status", "status",
        "sthiti", "status"),
    "employee_id": (
        "kassierer, kassierin, mitarbeiter, mitarbeiter nr, mitarbeiternummer, bediener, verkaufer, bedienung, "
        "kellner, personal nr",
        "vendeur, caissier, employe, serveur", "vendedor, cajero, empleado, mesero, camarero",
        "cassiere, operatore, commesso, cameriere, venditore", "vendedor, funcionario, atendente, operador, garcom",
        "medewerker, kassier, verkoper, kassamedewerker", "karmchari, vikreta", "kasir, pegawai, karyawan, pelayan, "
        "nama kasir",
    ),
    "customer_id": (
        "kundennummer, kundennr, kunden nr, kunde, kunden id", "numero client, n client, client, code client",
        "cliente, id cliente, numero de cliente", "cliente, codice cliente, id cliente", "cliente, id cliente, "
        "codigo do cliente",
        "klantnummer, klant, klantnr", "grahak, grahak sankhya", "pelanggan, id pelanggan, kode pelanggan, member",
    ),
    "device_id": (
        "kasse, kassennummer, kassen nr, kassennr, terminal", "caisse, numero de caisse, terminal", "caja, terminal",
        "cassa, terminale", "caixa, terminal", "kassa, kassanummer", "galla", "mesin kasir, no kasir, terminal",
    ),
    "num_items": ("positionen, anzahl positionen, anzahl artikel", "nb articles, nombre d articles",
        "numero de articulos",
                  "numero articoli", "numero de itens", "aantal artikelen", "", "jumlah item terjual"),
}  # fmt: skip
"""Field → its words in German, French, Spanish, Italian, Portuguese, Dutch, Hindi (romanised) and Indonesian."""

ENGLISH_DATES = (
    r"(sale|sales|order|invoice|transaction|txn|bill|purchase|receipt)s? ?(date|datetime|time|timestamp)( .*)?",
    r"(date|datetime|date ?time|time|timestamp|time ?stamp|day)( .*)?",
    r".*(date|time|created at|sold at).*",
)
OTHER_DATES = (
    "datum, uhrzeit, zeit, zeitpunkt, zeitstempel, tag, belegdatum, rechnungsdatum, verkaufsdatum, buchungsdatum, "
    "bestelldatum, bondatum, datum uhrzeit, datum zeit, belegzeit, bonzeit",
    "heure, jour, date de vente, date vente, date heure, date et heure, horodatage, date facture, date de facture, "
    "date ticket",
    "fecha, hora, fecha de venta, fecha venta, fecha hora, fecha y hora, dia, fecha factura, fecha de factura, "
    "fecha pedido",
    "data, ora, orario, giorno, data ora, data e ora, data vendita, data scontrino",
    "hora, horario, data hora, data e hora, data da venda, data venda, data do pedido",
    "tijd, tijdstip, dag, verkoopdatum, factuurdatum, datum tijd, besteldatum, bondatum",
    "tarikh, tareekh, taarikh, dinank, dinaank, samay, bikri ki tarikh",
    "tanggal, tgl, waktu, jam, hari, tanggal transaksi, tgl transaksi, tanggal penjualan, tanggal jual, tanggal waktu, "
    "waktu transaksi, jam transaksi",
)

CHANGED = (
    r"(ship|deliver|due|paid|posted|update|modif|expir|export|print|birth|joined|liefer|versand|fallig|druck|"
    r"entrega|livraison)"
)
"""What a date is about that is not the day of the sale."""

FOOTERS = (
    r"((grand|sub|page|report|day|daily|monthly|net|gross)[ -]?)?totals?( sales| amount| revenue| keseluruhan)?|"
    r"total general|"
    r"sums?|average|avg|mean|count|end of (report|file|data)|eof|"
    r"(gesamt|zwischen|tages|end)?-?summen?|gesamt(betrag|umsatz)?|durchschnitt|mittelwert|"
    r"sous[ -]?total|total g[eé]n[eé]ral|somme|moyenne|sumas?|importe total|promedio|"
    r"(sub)?totale( generale| complessivo)?|somma|media|soma|total geral|(sub)?totaal|eindtotaal|"
    r"kul( yog)?|yog|jumlah( total)?|total akhir|rata[ -]rata"
)
"""What a row is called that adds up the rows above it."""

WORDS: dict[str, dict[str, str]] = {
    "payment_method": {
        **dict.fromkeys(("bargeld", "barzahlung", "comptant", "liquide", "contado", "contanti", "contante", "dinheiro",
                         "contant", "kontant", "nakad", "naqad", "tunai", "uang tunai"), "cash"),
        **dict.fromkeys(("karte", "kreditkarte", "kartenzahlung", "carte", "carte bancaire", "cb", "carte de credit",
                         "tarjeta", "tarjeta de credito", "carta", "carta di credito", "cartao", "cartao de credito",
                         "creditcard", "kaart", "kartu", "kartu kredit", "kredit"), "credit_card"),
        **dict.fromkeys(("ec", "girocard", "ec karte", "girokarte", "carte de debit", "tarjeta de debito", "bancomat",
                         "carta di debito", "cartao de debito", "debito", "pin", "pinpas", "bankpas", "kartu debit",
                         "debet"), "debit_card"),
        **dict.fromkeys(("handy", "qris", "gopay", "ovo", "dana", "shopeepay", "linkaja", "pix", "bizum", "satispay",
                         "tikkie", "ideal", "mb way", "e money", "dompet digital"), "mobile"),
        **dict.fromkeys(("gutschein", "geschenkkarte", "cheque cadeau", "carte cadeau", "bon d achat",
                         "tarjeta regalo", "vale", "buono", "buono regalo", "vale presente", "cadeaubon",
                         "voucher belanja"), "gift_card"),
    },
    "payment_status": {
        **dict.fromkeys(("bezahlt", "paye", "payee", "pagado", "pagata", "pagato", "pago", "betaald", "lunas"), "paid"),
        **dict.fromkeys(("offen", "unbezahlt", "impaye", "pendiente", "non pagato", "pendente", "onbetaald",
                         "belum lunas", "belum bayar"), "unpaid"),
        **dict.fromkeys(("erstattet", "rembourse", "reembolsado", "rimborsato", "terugbetaald"), "refunded"),
    },
    "transaction_status": {
        **dict.fromkeys(("abgeschlossen", "verkauf", "termine", "vente", "completado", "completada", "venta",
                         "completato", "vendita", "concluido", "venda", "voltooid", "verkoop", "selesai", "berhasil",
                         "penjualan"), "completed"),
        **dict.fromkeys(("retoure", "ruckgabe", "erstattet", "rembourse", "retour", "devolucion", "devuelto", "reso",
                         "rimborsato", "devolucao", "devolvido", "retur", "pengembalian"), "refunded"),
        **dict.fromkeys(("storniert", "storno", "annule", "annulee", "cancelado", "anulado", "annullato", "cancelada",
                         "geannuleerd", "batal", "dibatalkan"), "void"),
        **dict.fromkeys(("fehler", "erreur", "error", "errore", "erro", "fout", "gagal"), "error"),
    },
}  # fmt: skip
"""Field → their word → our word, for what ``vocabulary`` does not know."""
