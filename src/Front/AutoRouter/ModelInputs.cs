using GatewayActors.Front.Compat;
using GatewayActors.Providers;

namespace GatewayActors.Front.AutoRouter;

/// <summary>What models take beside text, by the list that comes with the product. Immutable; thread-safe.</summary>
internal sealed class ModelInputs
{
    private static readonly Lazy<ModelInputs> LazyBuiltIn = new(ReadBuiltIn);

    private readonly ILookup<string, Line> _lines;

    private ModelInputs(IEnumerable<Line> lines) => _lines = lines.ToLookup(line => line.Provider, StringComparer.Ordinal);

    /// <summary>The list that comes with the product.</summary>
    public static ModelInputs BuiltIn => LazyBuiltIn.Value;

    /// <summary>What a model takes; everything where nothing speaks against it.</summary>
    public InputKinds Of(Provider provider, string model)
    {
        foreach (var line in _lines[provider.Slug])
        {
            if (Wildcards.Matches(line.Model, model))
            {
                return line.Takes;
            }
        }

        if (provider.ChatTranslator is not null)
        {
            return InputKinds.All;
        }

        var lacks = (provider.Completions.TakesImages ? InputKinds.None : InputKinds.Images | InputKinds.Video)
            | (provider.Completions.TakesTools ? InputKinds.None : InputKinds.Tools);
        return InputKinds.All & ~lacks;
    }

    /// <summary>Reads a list: a provider, a pattern of its models and words, by commas.</summary>
    /// <exception cref="FormatException">A line is wrong; the message names it.</exception>
    public static ModelInputs Parse(TextReader reader)
    {
        List<Line> lines = [];
        var number = 0;
        while (reader.ReadLine() is { } text)
        {
            number++;
            if (text.Length == 0 || text[0] == '#' || text == "provider,model,takes")
            {
                continue;
            }

            if (text.Split(',') is not [{ Length: > 0 } provider, { Length: > 0 } model, var takes])
            {
                throw new FormatException($"Line {number} of the list of inputs must have a provider, a model and words.");
            }

            var kinds = takes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word =>
                InputWords.Parse(word) is not InputKinds.None and var kind ? kind : throw new FormatException($"Line {number} of the list of inputs has the unknown word '{word}'."));
            lines.Add(new(provider, model, kinds.Aggregate(InputKinds.None, (all, kind) => all | kind)));
        }

        return new(lines);
    }

    private static ModelInputs ReadBuiltIn()
    {
        using var stream = typeof(ModelInputs).Assembly.GetManifestResourceStream("inputs.csv")
            ?? throw new InvalidOperationException("The assembly lacks its resource 'inputs.csv'.");
        using var reader = new StreamReader(stream);
        return Parse(reader);
    }

    private sealed record Line(string Provider, string Model, InputKinds Takes);
}
