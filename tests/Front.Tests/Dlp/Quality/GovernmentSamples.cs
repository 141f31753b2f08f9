using System.Globalization;

namespace GatewayActors.Front.Tests.Dlp.Quality;

internal static class GovernmentSamples
{
    private const string DniLetters = "TRWAGMYFPDXBNJZSQVHLCKE";

    public static IEnumerable<SampleClass> All =>
    [
        new("US_SSN", Ssn, random => random.Pick($"000-{random.Next(10, 99)}-{random.Next(1000, 9999)}", $"666-{random.Next(10, 99)}-{random.Next(1000, 9999)}", $"{random.Next(100, 665)}-00-{random.Next(1000, 9999)}",
                $"{random.Next(100, 665)}-{random.Next(10, 99)}-0000", $"{random.Next(900, 999)}-{random.Next(10, 49)}-{random.Next(1000, 9999)}", random.Digits(8), random.Digits(10), $"{random.Digits(3)}-{random.Digits(3)}-{random.Digits(4)}"),
            "SSN {0}", "social security number: {0}", "My SSN is {0}, thanks", "{\"ssn\":\"{0}\"}"),
        new("US_ITIN", random => $"9{random.Digits(2)}-{random.Pick(70, 75, 88, 90, 94, 99, 50, 65)}-{random.Digits(4)}", random => $"9{random.Digits(2)}-{random.Pick(10, 20, 49, 66, 69, 89, 93)}-{random.Digits(4)}", "ITIN {0}", "taxpayer id {0}", "{0}"),
        new("UK_NINO", Nino, random => random.Pick("BG", "GB", "NK", "TN", "ZZ", "DA", "QQ", "AO", "FV") + random.Digits(6) + random.Pick("A", "B", "E", "X"), "NI number {0}", "National Insurance: {0}", "{0}"),
        new("DE_TAX_ID", TaxId, random => random.Pick(Make.Broken(random, TaxId(random).Replace(" ", "", StringComparison.Ordinal), IsTaxId), "0" + random.Digits(10)), "Steuer-ID {0}", "Meine Steueridentifikationsnummer ist {0}.", "IdNr. {0}"),
        new("FR_NIR", random => Nir(random, isValid: true), random => Nir(random, isValid: false), "NIR {0}", "Sécurité sociale : {0}", "{0}"),
        new("ES_DNI", Dni, random => WrongLetter(random, Dni(random)), "DNI {0}", "documento {0}", "{0}"),
        new("ES_NIE", Nie, random => WrongLetter(random, Nie(random)), "NIE {0}", "{0}"),
        new("IT_FISCAL_CODE", FiscalCode, random => FiscalCode(random) is var code ? code[..15] + (char)('A' + ((code[15] - 'A' + random.Next(1, 26)) % 26)) : code, "C.F. {0}", "codice fiscale: {0}", "{0}"),
        new("NL_BSN", Bsn, random => Make.Broken(random, Bsn(random), IsBsn), "BSN {0}", "burgerservicenummer: {0}"),
        new("PL_PESEL", Pesel, random => Make.Broken(random, Pesel(random), IsPeselCheck), "PESEL {0}", "numer PESEL: {0}."),
        new("BE_NATIONAL_NUMBER", Belgian, random => Make.Broken(random, Belgian(random), text => IsBelgian(text)), "Rijksregisternummer {0}", "registre national: {0}", "{0}"),
        new("SE_PERSONNUMMER", Swedish, random => Make.Broken(random, Swedish(random), text => Make.Luhn(Only(text)[^10..])), "personnummer {0}", "{0}"),
        new("CH_AHV", Ahv, random => Make.Broken(random, Ahv(random), text => IsEan(Only(text))), "AHV {0}", "{0}"),
        new("BR_CPF", Cpf, random => Make.Broken(random, Cpf(random), text => IsCpf(Only(text))), "CPF {0}", "meu CPF é {0}."),
        new("IN_AADHAAR", Aadhaar, random => Make.Broken(random, Aadhaar(random), text => Only(text)[0] >= '2' && IsVerhoeff(Only(text))), "Aadhaar {0}", "Aadhaar no: {0}"),
        new("IN_PAN", random => random.From("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 3) + random.Pick("P", "C", "H", "F") + random.From("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1) + random.Digits(4) + random.From("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1),
            random => random.From("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 3) + random.Pick("X", "D", "Z", "M") + "K" + random.Digits(4) + "Q", "PAN {0}", "income tax number {0}"),
        new("CA_SIN", Sin, random => Make.Broken(random, Sin(random), text => Make.Luhn(Only(text))), "SIN {0}", "social insurance number {0}"),
        new("AU_TFN", Tfn, random => Make.Broken(random, Tfn(random), text => IsTfn(Only(text))), "TFN {0}", "tax file number: {0}"),
        new("CN_RESIDENT_ID", Chinese, random => Make.Broken(random, Chinese(random), text => ChineseCheck(text[..17]) == text[17]), "身份证 {0}", "id card {0}", "{0}"),
        new("TRAVEL_DOCUMENT", random => Passport(random, isValid: true), random => Passport(random, isValid: false), "Scan:\n{0}\nEnd", "{0}"),
    ];

    private static string Only(string text) => string.Concat(text.Where(char.IsAsciiDigit));

    private static string Ssn(Random random)
    {
        var (area, group, serial) = (random.Next(1, 900) is var picked && picked == 666 ? 665 : picked, random.Next(1, 100), random.Next(1, 10_000));
        var separator = random.Pick("-", "-", "-", "", " ", "\u2011");
        return string.Create(CultureInfo.InvariantCulture, $"{area:000}{separator}{group:00}{separator}{serial:0000}");
    }

    private static string Nino(Random random)
    {
        var prefix = Make.Until(() => random.From("ABCEGHJKLMNOPRSTWXYZ", 2) is var made && made[1] != 'O' && made is not ("BG" or "GB" or "KN" or "NK" or "NT" or "TN" or "ZZ") ? made : null);
        var (digits, suffix) = (random.Digits(6), random.Pick("A", "B", "C", "D"));
        return random.Pick($"{prefix}{digits}{suffix}", $"{prefix} {Make.Grouped(digits, " ", 2, 2, 2)} {suffix}", $"{prefix}-{digits}-{suffix}");
    }

    private static string TaxId(Random random)
    {
        var number = Make.Until(() =>
        {
            var places = Enumerable.Range(0, 10).ToArray();
            random.Shuffle(places);
            places[random.Next(10)] = places[random.Next(10)];
            var digits = string.Concat(places);
            return digits[0] != '0' && digits.Distinct().Count() == 9 ? Make.WithCheckDigit(digits, IsTaxId) : null;
        });
        return random.Pick(number, Make.Grouped(number, " ", 2, 3, 3, 3));
    }

    private static bool IsTaxId(string number)
    {
        var rest = 10;
        foreach (var digit in number[..10])
        {
            rest = (rest + digit - '0') % 10 is var sum && sum == 0 ? 20 % 11 : sum * 2 % 11;
        }

        return (11 - rest == 10 ? 0 : 11 - rest) == number[10] - '0' && number[..10].Distinct().Count() is 8 or 9;
    }

    private static string Nir(Random random, bool isValid)
    {
        var isCorsican = random.Next(10) == 0;
        var head = random.Pick("1", "2") + random.Digits(2) + random.Next(1, 13).ToString("00", CultureInfo.InvariantCulture);
        var rest = random.Next(1, 990).ToString("000", CultureInfo.InvariantCulture) + random.Next(1, 999).ToString("000", CultureInfo.InvariantCulture);
        var department = isCorsican ? random.Pick("2A", "2B") : random.Next(1, 96).ToString("00", CultureInfo.InvariantCulture);
        var number = head + department + rest;
        var value = long.Parse(number.Replace("2A", "19", StringComparison.Ordinal).Replace("2B", "18", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        var check = 97 - (int)(value % 97);
        number += (isValid ? check : (check + random.Next(1, 90)) % 97).ToString("00", CultureInfo.InvariantCulture);
        return random.Pick(number, Make.Grouped(number, " ", 1, 2, 2, 2, 3, 3, 2));
    }

    private static string Dni(Random random)
    {
        var digits = random.Next(1_000_000, 99_999_999).ToString("00000000", CultureInfo.InvariantCulture);
        return random.Pick(digits, Make.Grouped(digits, ".", 2, 3, 3)) + random.Pick("", "-") + DniLetters[int.Parse(digits, CultureInfo.InvariantCulture) % 23];
    }

    private static string Nie(Random random)
    {
        var (letter, digits) = (random.Next(3), random.Digits(7));
        return "XYZ"[letter] + random.Pick("", "-") + digits + random.Pick("", "-") + DniLetters[int.Parse($"{letter}{digits}", CultureInfo.InvariantCulture) % 23];
    }

    private static string WrongLetter(Random random, string id) => id[..^1] + DniLetters[(DniLetters.IndexOf(id[^1], StringComparison.Ordinal) + random.Next(1, 23)) % 23];

    private static string FiscalCode(Random random)
    {
        var code = random.From("BCDFGLMNPRSTVZ", 6) + random.Digits(2) + random.From("ABCDEHLMPRST", 1) + random.Pick(random.Next(1, 32), random.Next(41, 72)).ToString("00", CultureInfo.InvariantCulture) + random.From("ABCDEFGHL", 1) + random.Digits(3);
        var odd = new Dictionary<char, int>();
        int[] values = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
        for (var i = 0; i < 26; i++)
        {
            odd[(char)('A' + i)] = values[i];
        }

        for (var i = 0; i < 10; i++)
        {
            odd[(char)('0' + i)] = values[i];
        }

        var sum = code.Select((c, i) => i % 2 == 0 ? odd[c] : char.IsAsciiDigit(c) ? c - '0' : c - 'A').Sum();
        return code + (char)('A' + (sum % 26));
    }

    private static string Bsn(Random random) => Make.Until(() => Make.WithCheckDigit(random.Next(1, 10) + random.Digits(7), IsBsn));

    private static bool IsBsn(string digits) => Make.Sum(digits, 9, 8, 7, 6, 5, 4, 3, 2, -1) % 11 == 0;

    private static string Pesel(Random random) => Make.WithCheckDigit(Make.Day(random, "yyMMdd") is var day && random.Next(4) == 0 ? $"{day[..2]}{int.Parse(day.AsSpan(2, 2), CultureInfo.InvariantCulture) + 20:00}{day[4..]}{random.Digits(4)}" : day + random.Digits(4), IsPeselCheck)!;

    private static bool IsPeselCheck(string digits) => Make.Sum(digits, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1) % 10 == 0;

    private static string Belgian(Random random)
    {
        var number = Make.Day(random, "yyMMdd") + random.Next(1, 998).ToString("000", CultureInfo.InvariantCulture);
        var value = long.Parse((random.Next(2) == 0 ? "" : "2") + number, CultureInfo.InvariantCulture);
        number += (97 - (value % 97)).ToString("00", CultureInfo.InvariantCulture);
        return $"{number[..2]}.{number[2..4]}.{number[4..6]}-{number[6..9]}.{number[9..]}";
    }

    private static bool IsBelgian(string text)
    {
        var digits = Only(text);
        var (old, recent) = (long.Parse(digits[..9], CultureInfo.InvariantCulture), long.Parse("2" + digits[..9], CultureInfo.InvariantCulture));
        var check = int.Parse(digits[9..], CultureInfo.InvariantCulture);
        return 97 - (old % 97) == check || 97 - (recent % 97) == check;
    }

    private static string Swedish(Random random)
    {
        var number = Make.WithCheckDigit(Make.Day(random, "yyMMdd") + random.Digits(3), Make.Luhn)!;
        return random.Pick("", "19") + number[..6] + "-" + number[6..];
    }

    private static string Ahv(Random random) => Make.Grouped(Make.WithCheckDigit("756" + random.Digits(9), IsEan)!, ".", 3, 4, 4, 2);

    private static bool IsEan(string digits) => digits.Select((c, i) => (c - '0') * (i % 2 == 0 ? 1 : 3)).Sum() % 10 == 0;

    private static string Cpf(Random random)
    {
        var digits = random.Digits(9);
        digits += CpfDigit(digits, 10);
        digits += CpfDigit(digits, 11);
        return random.Pick(digits, $"{digits[..3]}.{digits[3..6]}.{digits[6..9]}-{digits[9..]}");
    }

    private static int CpfDigit(string digits, int first) => (11 - (digits.Select((c, i) => (c - '0') * (first - i)).Sum() % 11)) is var check && check > 9 ? 0 : check;

    private static bool IsCpf(string digits) => CpfDigit(digits[..9], 10) == digits[9] - '0' && CpfDigit(digits[..10], 11) == digits[10] - '0';

    private static string Aadhaar(Random random)
    {
        var number = Make.WithCheckDigit(random.Next(2, 10) + random.Digits(10), IsVerhoeff)!;
        return random.Pick(number, Make.Grouped(number, " ", 4, 4, 4), Make.Grouped(number, "-", 4, 4, 4));
    }

    /// <summary>By composition in the dihedral group of order ten, not by a table.</summary>
    private static bool IsVerhoeff(string digits)
    {
        int[] permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
        var check = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var value = digits[^(i + 1)] - '0';
            for (var times = 0; times < i % 8; times++)
            {
                value = permutation[value];
            }

            check = Multiply(check, value);
        }

        return check == 0;

        static int Multiply(int a, int b) => a < 5
            ? b < 5 ? (a + b) % 5 : ((a + b - 5) % 5) + 5
            : b < 5 ? ((a - 5 - b + 5) % 5) + 5 : (a - b + 5) % 5;
    }

    private static string Sin(Random random) => Written(random, Make.Until(() => Make.WithCheckDigit(random.Pick("1", "2", "4", "5", "6", "7") + random.Digits(7), Make.Luhn)));

    private static string Tfn(Random random) => Written(random, Make.Until(() => Make.WithCheckDigit(random.Digits(8), IsTfn)));

    private static bool IsTfn(string digits) => Make.Sum(digits, 1, 4, 3, 7, 5, 8, 6, 9, 10) % 11 == 0;

    private static string Written(Random random, string nine) => random.Pick(nine, Make.Grouped(nine, " ", 3, 3, 3), Make.Grouped(nine, "-", 3, 3, 3));

    private static string Chinese(Random random)
    {
        var head = random.Pick("110105", "310101", "440301", "510107") + Make.Day(random, "yyyyMMdd") + random.Digits(3);
        return head + ChineseCheck(head);
    }

    private static char ChineseCheck(string head) => "10X98765432"[head.Select((c, i) => (c - '0') * ((1 << (17 - i)) % 11)).Sum() % 11];

    private static string Passport(Random random, bool isValid)
    {
        var number = random.From("ABCDEFGHJKLMNPRSTVWXYZ0123456789", 8) + random.Digits(1);
        var (birth, expiry) = (Make.Day(random, "yyMMdd"), Make.Day(random, "yyMMdd"));
        var wrong = isValid ? 0 : random.Next(1, 10);
        var data = $"{number}{(MrzCheck(number) + wrong) % 10}UTO{birth}{MrzCheck(birth)}F{expiry}{MrzCheck(expiry)}";
        data += "<<<<<<<<<<<<<<0" + random.Digits(1);
        return "P<UTO" + (random.From("ABCDEFGHIJKLMNOPRSTUVWXYZ", 8) + "<<" + random.From("ABCDEFGHIKLMNOPRSTUVWXYZ", 5)).PadRight(39, '<') + "\n" + data;
    }

    private static int MrzCheck(string field) => field.Select((c, i) => (char.IsAsciiDigit(c) ? c - '0' : c == '<' ? 0 : c - 'A' + 10) * (i % 3 == 0 ? 7 : i % 3 == 1 ? 3 : 1)).Sum() % 10;
}
