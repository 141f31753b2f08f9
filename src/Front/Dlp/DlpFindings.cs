using System.Text.Json;
using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Front.Dlp;

/// <summary>What was found on one side of an exchange: which entries of which profiles, never the text itself. Used by one request at a time.</summary>
/// <param name="check">The side, in the words of the reference.</param>
internal sealed class DlpFindings(string check)
{
    private readonly List<Finding> _findings = [];

    /// <summary>Whether the scanner could not be asked.</summary>
    public bool IsMissed { get; set; }

    /// <summary>What has to be done; null if no policy matched.</summary>
    public RuleAction? Action
    {
        get
        {
            RuleAction? strictest = null;
            foreach (var finding in _findings)
            {
                if (finding.IsOver && (strictest is null || Rank(finding.Profile.Action) > Rank(strictest.Value)))
                {
                    strictest = finding.Profile.Action;
                }
            }

            return strictest;
        }
    }

    /// <summary>How strict an action is.</summary>
    public static int Rank(RuleAction action) => action switch
    {
        RuleAction.Flag => 0,
        RuleAction.Block => 1,
    };

    /// <summary>Adds a match. The same text counts once.</summary>
    public void Add(ScannedProfile profile, Guid entryId, ReadOnlySpan<char> text)
    {
        // By the profile's id: another step may be scanned with newer settings.
        var finding = _findings.Find(known => known.Profile.Profile.Id == profile.Profile.Id);
        if (finding is null)
        {
            _findings.Add(finding = new(profile));
        }

        finding.Add(entryId, text);
    }

    /// <summary>Writes findings as clients get them, as long as they fit.</summary>
    /// <returns>Whether all fitted.</returns>
    public bool WriteHeader(Utf8JsonWriter json, int maxBytes)
    {
        foreach (var finding in _findings.Where(finding => finding.IsOver))
        {
            if (json.BytesCommitted + json.BytesPending + finding.MaxBytes > maxBytes)
            {
                return false;
            }

            json.WriteStartObject();
            json.WriteStartObject("profile"u8);
            json.WriteStartObject("context"u8);
            json.WriteEndObject();
            finding.WriteEntries(json);
            json.WriteString("profile_id"u8, finding.Profile.Profile.Id);
            json.WriteEndObject();
            json.WriteStartArray("policy_ids"u8);
            foreach (var rule in finding.Profile.Rules)
            {
                json.WriteStringValue(rule.Id);
            }

            json.WriteEndArray();
            json.WriteString("check"u8, check);
            json.WriteEndObject();
        }

        return true;
    }

    /// <summary>Writes the items of <c>dlp_profiles</c> in a log entry.</summary>
    public void WriteLog(Utf8JsonWriter json)
    {
        foreach (var finding in _findings.Where(finding => finding.IsOver))
        {
            foreach (var rule in finding.Profile.Rules)
            {
                json.WriteStartObject();
                json.WriteString("direction"u8, check);
                json.WriteString("policy_id"u8, rule.Id);
                json.WriteString("profile_id"u8, finding.Profile.Profile.Id);
                finding.WriteEntries(json);
                json.WriteEndObject();
            }
        }
    }

    private sealed class Finding(ScannedProfile profile)
    {
        private const int BytesOfEntry = 40;
        private const int BytesOfFrame = 160;

        private readonly List<Guid> _entries = [];
        private HashSet<string>? _texts;

        public ScannedProfile Profile => profile;

        /// <summary>Whether there is more than the profile allows.</summary>
        public bool IsOver => profile.Profile.Thresholds.AllowedMatchCount is var allowed && (allowed == 0 || _texts?.Count > allowed);

        /// <summary>As much as it takes in a header at most: every character of a policy's name may be escaped.</summary>
        public int MaxBytes => BytesOfFrame + (_entries.Count * BytesOfEntry) + profile.Rules.Sum(rule => (rule.Id.Length * 6) + 3);

        public void Add(Guid entryId, ReadOnlySpan<char> text)
        {
            if (!_entries.Contains(entryId))
            {
                _entries.Add(entryId);
            }

            if (profile.Profile.Thresholds.AllowedMatchCount is > 0 and var allowed)
            {
                _texts ??= new(StringComparer.Ordinal);
                if (_texts.Count <= allowed)
                {
                    _texts.Add(text.ToString());
                }
            }
        }

        public void WriteEntries(Utf8JsonWriter json)
        {
            json.WriteStartArray("entry_ids"u8);
            foreach (var entry in _entries)
            {
                json.WriteStringValue(entry);
            }

            json.WriteEndArray();
        }
    }
}
