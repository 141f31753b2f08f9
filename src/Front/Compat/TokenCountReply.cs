using System.Globalization;
using System.Text;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Front.Compat;

/// <summary>A provider's count of tokens as clients of Messages get it.</summary>
internal sealed class TokenCountReply : RewrittenReply
{
    private readonly CountCall _call;

    private TokenCountReply(Answer inner, CountCall call) : base(inner, ClientFormat.Messages) => _call = call;

    /// <summary>Translates an answer.</summary>
    /// <param name="inner">The provider's answer; belongs to the result.</param>
    /// <param name="call">What was asked.</param>
    public static ValueTask<Answer> CreateAsync(Answer inner, CountCall call) => new TokenCountReply(inner, call).BeginAsync();

    protected override async ValueTask RewriteAsync()
    {
        if (await ReadWholeAsync() is not { } body)
        {
            return;
        }

        if (_call.Read(body.Span) is { } tokens)
        {
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"input_tokens":{{tokens}}}"""), Output);
        }
        else
        {
            Fail(ChatFault.Malformed);
        }
    }
}
