namespace GatewayActors.Front.Tests.Dlp.Quality;

internal static class PersonalSamples
{
    private const string Lower = "abcdefghijklmnopqrstuvwxyz";

    public static IEnumerable<SampleClass> All =>
    [
        new("EMAIL", Email, NoEmail, "Write to {0} please", "mail={0};", "<{0}>", "{0}", "\"{0}\", he said", "mailto:{0}", "Kontakt: {0}."),
        new("PHONE", Phone, NoPhone, "Call me at {0} tomorrow", "tel: {0}", "My phone number is {0}.", "Handy {0}", "{\"phone\":\"{0}\"}"),
        new("DATE_OF_BIRTH", BirthDate, random => random.Pick($"{random.Next(13, 32)}/{random.Next(32, 99)}/1985", "31.02.1990x", "32.01.1990", "at 10:45", "in a town of 1850 people", "1985", $"in room {random.Next(100, 999)}"),
            "born {0} in Leeds", "DOB: {0}", "Date of birth {0}", "geboren am {0}", "{\"birth_date\":\"{0}\"}"),
        new("IP_ADDRESS", Address, NoAddress, "from {0} at noon", "client={0}", "{0} - - GET /", "connect to {0}."),
    ];

    private static string Email(Random random)
    {
        var local = random.From(Lower, random.Next(2, 9)) + random.Pick("", "." + random.From(Lower, 5), "_" + random.Digits(2), "+tag", "-" + random.From(Lower, 3));
        var domain = random.Pick("", "mail.", "eu-west.") + random.From(Lower, random.Next(2, 9)) + random.Pick(".com", ".org", ".co.uk", ".de", ".io", ".museum", ".fr");
        return random.Next(8) switch
        {
            0 => $"{local}@{domain.ToUpperInvariant()}",
            1 => $"{local} (at) {domain.Replace(".", "[dot]", StringComparison.Ordinal)}",
            2 => $"{local}[at]{domain}",
            _ => $"{local}@{domain}",
        };
    }

    private static string NoEmail(Random random)
    {
        var word = random.From(Lower, random.Next(3, 8));
        return random.Pick(
            $"@{word}", $"{word}@{random.Next(1, 9)}x.png", $"@types/{word}@{random.Next(20)}.{random.Next(9)}.0", $"{word}@localhost", $"git@github.com:{word}/repo.git", $"{word}@@{word}.com", $"{word} @ {word}.com",
            $"https://user:{word}@", $"{word}.@{word}.com", $"postgres://app:{word}1@db.example.com/x", $"{word}@-{word}.com", $"{word}@{word}.{random.Digits(2)}", $"3 apples @ 2.50");
    }

    private static string Phone(Random random)
    {
        var separator = random.Pick(" ", "-", ".");
        var area = $"{random.Next(2, 10)}{random.Next(2, 10)}{random.Digits(1)}";
        var exchange = $"{random.Next(2, 10)}{random.Next(2, 10)}{random.Digits(1)}";
        return random.Next(14) switch
        {
            0 => $"+1 {area} {exchange} {random.Digits(4)}",
            1 => $"({area}) {exchange}-{random.Digits(4)}",
            2 => $"{area}{separator}{exchange}{separator}{random.Digits(4)}",
            3 => $"+44 20 {random.Next(3, 9)}{random.Digits(3)} {random.Digits(4)}",
            4 => $"+49 {random.Pick("30", "89", "151", "170")} {random.Next(2, 9)}{random.Digits(6)}",
            5 => $"0{random.Next(1, 8)} {random.Digits(2)} {random.Digits(2)} {random.Digits(2)} {random.Digits(2)}",
            6 => $"+33{random.Next(1, 8)}{random.Digits(8)}",
            7 => $"020 {random.Next(3, 9)}{random.Digits(3)} {random.Digits(4)}",
            8 => $"0{random.Pick("30", "40", "89", "221")}/{random.Next(2, 9)}{random.Digits(6)}",
            9 => $"0049 {random.Pick("30", "89", "151")} {random.Next(2, 9)}{random.Digits(6)}",
            10 => $"+91 {random.Next(6, 10)}{random.Digits(4)} {random.Digits(5)}",
            11 => $"+44 (0)20 {random.Next(3, 9)}{random.Digits(3)} {random.Digits(4)}",
            12 => $"+1-{area}-{exchange}-{random.Digits(4)}",
            _ => $"+{random.Pick("351", "353", "420", "971")}{random.Next(2, 9)}{random.Digits(8)}",
        };
    }

    private static string NoPhone(Random random) => random.Pick(
        $"{random.Next(2000, 2030)}-{random.Next(10, 13)}-{random.Next(10, 29)}", $"{random.Digits(3)}", $"{random.Next(1, 99)}.{random.Digits(2)}", $"room {random.Digits(4)}", $"v{random.Next(9)}.{random.Next(99)}.{random.Next(9)}",
        $"{random.Next(1, 255)}.{random.Next(1, 255)}.{random.Next(1, 255)}.{random.Next(1, 255)}", $"10:{random.Next(10, 59)}", $"x{random.From("0123456789abcdef", 12)}", $"#{random.Digits(5)}",
        $"+{random.Digits(3)}", $"+0{random.Digits(10)}", $"+999{random.Digits(8)}", $"{random.Next(1, 29)}.{random.Next(10, 13)}.{random.Next(1950, 2030)}");

    private static string BirthDate(Random random) => Make.Day(random, random.Pick("yyyy-MM-dd", "dd.MM.yyyy", "MM/dd/yyyy", "dd/MM/yy", "d MMMM yyyy", "MMMM d, yyyy", "MMM d yyyy"));

    private static string Address(Random random) => random.Next(4) switch
    {
        0 => $"2a0{random.Next(1, 9)}:{random.From("123456789abcdef", 3)}:{random.From("123456789abcdef", 4)}::{random.From("123456789abcdef", 2)}",
        _ => $"{random.Pick(8, 34, 52, 81, 93, 145, 176)}.{random.Next(0, 255)}.{random.Next(0, 255)}.{random.Next(1, 255)}",
    };

    private static string NoAddress(Random random) => random.Pick(
        $"10.{random.Next(255)}.{random.Next(255)}.1", $"192.168.{random.Next(255)}.{random.Next(255)}", "127.0.0.1", $"{random.Next(256, 999)}.1.2.3", $"1.{random.Next(99)}.{random.Next(9)}", $"10:{random.Next(10, 59)}:{random.Next(10, 59)}",
        "fe80::1", "::1", $"{random.Next(99)}.{random.Digits(2)}.{random.Digits(2)}", $"2001:db8::{random.Next(1, 99)}", $"172.16.{random.Next(255)}.9", $"chapter 3.{random.Next(9)}.1.4.2");
}
