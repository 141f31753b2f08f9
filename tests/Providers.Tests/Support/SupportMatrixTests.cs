using System.Runtime.CompilerServices;
using GatewayActors.Providers.Translation;
using Xunit;

namespace GatewayActors.Providers.Tests.Support;

/// <summary>The page says what the code does, and no translator forgets what it was asked for without a word.</summary>
public sealed class SupportMatrixTests
{
    private const string Page = "docs/support-matrix.md";
    private const string Update = "GATEWAY_UPDATE_DOCS";

    [Fact]
    public void Page_IsWhatTheCodeSays()
    {
        var path = PathOf(Page);
        var made = SupportMatrix.Write();
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            File.WriteAllText(path, made);
        }

        Assert.True(File.Exists(path) && File.ReadAllText(path) == made, $"{Page} is not what the code says. Run this test with {Update}=1, which writes the page, and read the difference.");
    }

    public static TheoryData<ClientFormat, string, string, string> Cases()
    {
        var data = new TheoryData<ClientFormat, string, string, string>();
        foreach (var format in Enum.GetValues<ClientFormat>())
        {
            foreach (var (provider, model) in SupportMatrix.Rows.Where(row => SupportMatrix.Translator(row.Provider, row.Model, format) is not null))
            {
                foreach (var feature in Features.Of(format))
                {
                    data.Add(format, provider.Slug, model, feature.Name);
                }
            }
        }

        return data;
    }

    [Theory, MemberData(nameof(Cases))]
    public void Translator_OfWhatARequestAsksFor_LosesNothingSilently(ClientFormat format, string provider, string model, string feature)
    {
        var translator = SupportMatrix.Translator(BuiltInProviders.All.First(candidate => candidate.Slug == provider), model, format)!;

        Assert.NotEqual(Outcome.Lost, Probe.Run(format, translator, model, Features.Of(format).First(candidate => candidate.Name == feature)));
    }

    private static string PathOf(string file, [CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../..", file));
}
