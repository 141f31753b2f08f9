using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GatewayActors.Testing.Upstreams;

/// <summary>A provider on a loopback port that answers from scripts and records what it got.</summary>
public sealed class FakeUpstream : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentDictionary<string, UpstreamScript> _scripts = new();

    private FakeUpstream(WebApplication application) => _application = application;

    /// <summary>The address, without a slash at its end.</summary>
    public string BaseUrl { get; private set; } = "";

    /// <summary>The script of requests that name none.</summary>
    public UpstreamScript Default { get; } = new("");

    /// <summary>Starts an upstream on a port of its own.</summary>
    public static Task<FakeUpstream> StartAsync(CancellationToken cancellationToken = default) => StartAsync(null, cancellationToken);

    /// <summary>Starts an upstream that speaks HTTP/2, over TLS.</summary>
    /// <param name="certificate">What it shows its clients.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    public static Task<FakeUpstream> StartHttp2Async(X509Certificate2 certificate, CancellationToken cancellationToken = default) => StartAsync(certificate, cancellationToken);

    private static async Task<FakeUpstream> StartAsync(X509Certificate2? certificate, CancellationToken cancellationToken)
    {
        // Empty: the usual configuration watches files, and a machine has few watches to give to hundreds of tests.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http2;
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
            options.AddServerHeader = false;
            options.AllowAlternateSchemes = true;
            options.Limits.MaxRequestBodySize = null;
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MinResponseDataRate = null;
            options.Limits.MaxRequestHeadersTotalSize = 1024 * 1024;
            options.Limits.MaxRequestHeaderCount = 10_000;
            options.Limits.MaxRequestLineSize = 1024 * 1024;
        });

        var application = builder.Build();
        var upstream = new FakeUpstream(application);
        application.Run(upstream.ServeAsync);
        await application.StartAsync(cancellationToken);
        upstream.BaseUrl = application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        return upstream;
    }

    /// <summary>Adds a script for one test.</summary>
    public UpstreamScript Script()
    {
        var script = new UpstreamScript(Guid.CreateVersion7().ToString("N"));
        _scripts[script.Id] = script;
        return script;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        var request = new RecordedRequest
        {
            Method = context.Request.Method,
            Target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            Headers = [.. context.Request.Headers.SelectMany(header => header.Value.Select(value => KeyValuePair.Create(header.Key, value ?? "")))],
            ReceivedAt = TimeProvider.System.GetTimestamp(),
        };
        var name = context.Request.Headers[UpstreamScript.HeaderName].ToString();
        var script = _scripts.GetValueOrDefault(name, Default);
        using var aborted = context.RequestAborted.Register(() => request.AbortedSource.TrySetResult());
        try
        {
            var reply = script.ReplyTo(request);
            if (reply.ReadsBody)
            {
                await ReadBodyAsync(context.Request, request, context.RequestAborted);
            }

            foreach (var step in reply.Steps)
            {
                await PlayAsync(step, context, request);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ConnectionAbortedException && context.RequestAborted.IsCancellationRequested)
        {
            // The client went away. Said here too, because this may run before the registration's callback, which is then dropped.
            request.AbortedSource.TrySetResult();
            request.BodyReceivedSource.TrySetException(exception);
        }
        finally
        {
            request.FinishedSource.TrySetResult();
        }
    }

    private static async Task PlayAsync(UpstreamReply.Step step, HttpContext context, RecordedRequest request)
    {
        var response = context.Response;
        switch (step)
        {
            case UpstreamReply.SetStatus status:
                response.StatusCode = status.Code;
                break;
            case UpstreamReply.SetHeader header:
                response.Headers.Append(header.Name, header.Value);
                break;
            case UpstreamReply.SendHeaders:
                await response.StartAsync(context.RequestAborted);
                await response.Body.FlushAsync(context.RequestAborted);
                break;
            case UpstreamReply.SendBytes bytes:
                await response.Body.WriteAsync(bytes.Bytes, context.RequestAborted);
                await response.Body.FlushAsync(context.RequestAborted);
                break;
            case UpstreamReply.TakeBody:
                await ReadBodyAsync(context.Request, request, context.RequestAborted);
                break;
            case UpstreamReply.Echo:
                response.ContentType = request.Header("Content-Type");
                response.ContentLength = request.Body.Length;
                await response.Body.WriteAsync(request.Body, context.RequestAborted);
                break;
            case UpstreamReply.Choose choose:
                foreach (var next in choose.Reply(request).Steps)
                {
                    await PlayAsync(next, context, request);
                }

                break;
            case UpstreamReply.WaitFor wait:
                await wait.Gate.Opened.WaitAsync(context.RequestAborted);
                break;
            case UpstreamReply.Close close:
                Disconnect(context, close.Reset);
                break;
        }
    }

    private static void Disconnect(HttpContext context, bool reset)
    {
        var socket = context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;
        if (reset)
        {
            // With a linger time of zero the close sends RST and drops what was not sent yet.
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        else
        {
            socket.Shutdown(SocketShutdown.Send); // FIN after everything that was flushed
        }

        context.Abort();
    }

    private static async Task ReadBodyAsync(HttpRequest source, RecordedRequest request, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var kept = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            int read;
            while ((read = await source.Body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                hash.AppendData(buffer, 0, read);
                request.BodyLength += read;
                kept.Write(buffer, 0, (int)Math.Min(read, RecordedRequest.MaxKeptBodyBytes - kept.Length));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        request.Body = kept.ToArray();
        request.BodySha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        request.BodyReceivedSource.TrySetResult();
    }
}
