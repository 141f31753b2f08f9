using System.Globalization;

namespace GatewayActors.Providers.Pricing;

/// <summary>A line of a price file that was left out.</summary>
/// <param name="Line">Its number; the header is line 1.</param>
/// <param name="Message">What is wrong, naming the column.</param>
public sealed record PriceFileError(int Line, string Message);

/// <summary>Reads price files: a header of column names, then one model a line.</summary>
internal sealed class PriceFile
{
    private const decimal MaxUsdPerMillion = 1_000_000; // a dollar a token: more is a misplaced decimal point

    private static readonly string[] Columns =
    [
        "provider", "model", "input_usd_per_mtok", "output_usd_per_mtok", "cached_input_usd_per_mtok", "cache_write_usd_per_mtok",
        "cache_write_1h_usd_per_mtok", "tier_above_input_tokens", "tier_input_usd_per_mtok", "tier_output_usd_per_mtok",
        "audio_input_usd_per_mtok", "audio_output_usd_per_mtok", "unit", "unit_usd", "mode", "source_date", "context_window",
    ];

    private readonly Dictionary<string, int> _columns = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<PriceFileError> _errors = [];
    private IReadOnlyList<string> _fields = [];
    private string? _problem;

    /// <summary>The lines that were left out.</summary>
    public IReadOnlyList<PriceFileError> Errors => _errors;

    /// <summary>Reads all lines. Empty lines and lines that begin with <c>#</c> are skipped.</summary>
    public IEnumerable<(string Provider, string Model, ModelPrice Price)> Read(TextReader reader)
    {
        var seen = new HashSet<(string, string)>();
        var number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            line = line.TrimStart('\uFEFF');
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (CsvLine.Split(line) is not { } fields)
            {
                _errors.Add(new(number, "A quote is not closed, or text follows it."));
                continue;
            }

            if (_columns.Count == 0)
            {
                if (!ReadHeader(fields, number))
                {
                    yield break;
                }

                continue;
            }

            _fields = fields;
            _problem = fields.Count > _columns.Count ? $"The line has {fields.Count} fields, the header {_columns.Count}." : null;
            var (provider, model) = (Text("provider").ToLowerInvariant(), Text("model"));
            var price = Price();
            if (provider.Length == 0 || model.Length == 0)
            {
                _problem ??= "The columns 'provider' and 'model' must not be empty.";
            }
            else if (_problem is null && !seen.Add((provider, model.ToLowerInvariant())))
            {
                _problem = $"The model '{model}' of '{provider}' is listed twice.";
            }

            if (_problem is not null)
            {
                _errors.Add(new(number, _problem));
                continue;
            }

            yield return (provider, model, provider == "groq" ? price with { FlexFactor = 1 } : price);
        }
    }

    private bool ReadHeader(IReadOnlyList<string> names, int number)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (!_columns.TryAdd(names[i], i))
            {
                _errors.Add(new(number, $"The column '{names[i]}' is named twice."));
                return false;
            }
        }

        if (_columns.ContainsKey("provider") && _columns.ContainsKey("model"))
        {
            return true;
        }

        _errors.Add(new(number, $"The header must name the columns 'provider' and 'model'; known columns are {string.Join(", ", Columns)}."));
        return false;
    }

    private ModelPrice Price()
    {
        var price = new ModelPrice
        {
            Input = PerMillion("input_usd_per_mtok"),
            Output = PerMillion("output_usd_per_mtok"),
            CachedInput = PerMillion("cached_input_usd_per_mtok"),
            CacheWrite = PerMillion("cache_write_usd_per_mtok"),
            CacheWrite1h = PerMillion("cache_write_1h_usd_per_mtok"),
            TierAboveInputTokens = (long?)Number("tier_above_input_tokens", 1_000_000_000),
            TierInput = PerMillion("tier_input_usd_per_mtok"),
            TierOutput = PerMillion("tier_output_usd_per_mtok"),
            AudioInput = PerMillion("audio_input_usd_per_mtok"),
            AudioOutput = PerMillion("audio_output_usd_per_mtok"),
            Unit = Text("unit") is { Length: > 0 } unit ? unit : null,
            UnitUsd = Number("unit_usd", MaxUsdPerMillion),
            ContextWindow = (long?)Number("context_window", 1_000_000_000),
            Mode = Text("mode") is { Length: > 0 } mode ? string.Intern(mode) : null,
            SourceDate = Date("source_date"),
        };
        if (price.Unit is null != price.UnitUsd is null)
        {
            _problem ??= "The columns 'unit' and 'unit_usd' must be given together.";
        }

        return price;
    }

    private decimal? PerMillion(string column) => Number(column, MaxUsdPerMillion);

    private decimal? Number(string column, decimal max)
    {
        var text = Text(column);
        if (text.Length == 0)
        {
            return null;
        }

        const NumberStyles Styles = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent | NumberStyles.AllowLeadingSign;
        if (decimal.TryParse(text, Styles, CultureInfo.InvariantCulture, out var number) && number >= 0 && number <= max)
        {
            return number;
        }

        _problem ??= $"The column '{column}' has '{text}'; it takes a number from 0 to {max.ToString(CultureInfo.InvariantCulture)}.";
        return null;
    }

    private DateOnly Date(string column)
    {
        var text = Text(column);
        if (text.Length > 0 && !DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            _problem ??= $"The column '{column}' has '{text}'; it takes a date as yyyy-MM-dd.";
            return default;
        }

        return text.Length == 0 ? default : DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    private string Text(string column) => _columns.TryGetValue(column, out var index) && index < _fields.Count ? _fields[index] : "";
}
