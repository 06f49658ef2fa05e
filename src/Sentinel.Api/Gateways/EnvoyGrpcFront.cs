// A unary gRPC call is an HTTP/2 POST with five bytes before each message and trailers behind: no package is needed.
using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sentinel.Api.Gateways;

/// <summary>
/// <c>envoy.service.auth.v3.Authorization/Check</c>. What cannot be read is answered by fail mode, as a decision: to
/// Envoy an error of gRPC would be a failure of this program.
/// </summary>
internal static class EnvoyGrpcFront
{
    /// <summary>Address of the method.</summary>
    public const string Method = "/envoy.service.auth.v3.Authorization/Check";

    /// <summary>
    /// Largest message. 64 KiB of headers, certificates and metadata fit four times over; request bodies do not belong
    /// here.
    /// </summary>
    public const int MessageBytesMax = 256 * 1024;

    private const int PrefixBytes = 5;
    private const string MediaType = "application/grpc";
    private const string Succeeded = "0";

    /// <summary>Answers a call. The server sends message and trailers together when it ends.</summary>
    public static Task AnswerAsync(HttpContext http, DecisionDesk desk)
    {
        var (request, response) = (http.Request, http.Response);
        var contentType = request.ContentType;
        if ((contentType != MediaType && contentType?.StartsWith(MediaType, StringComparison.OrdinalIgnoreCase) != true)
            || http.Features.Get<IHttpResponseTrailersFeature>()?.Trailers is not { } trailers)
        {
            response.StatusCode = StatusCodes.Status415UnsupportedMediaType; // As gRPC has it for what is no gRPC.
            response.ContentLength = 0;
            return Task.CompletedTask;
        }

        response.ContentType = MediaType;
        try
        {
            if (!WholeBody.TryRead(request.BodyReader, out var body))
            {
                return AnswerSlowlyAsync(http, trailers, desk);
            }

            Answer(response.BodyWriter, body, FaultOf(body), desk);
            request.BodyReader.AdvanceTo(body.End);
        }
        catch (BadHttpRequestException)
        {
            Answer(response.BodyWriter, default, AccountFault.Unreadable, desk);
        }

        trailers.GrpcStatus = Succeeded;
        return Task.CompletedTask;
    }

    private static async Task AnswerSlowlyAsync(HttpContext http, IHeaderDictionary trailers, DecisionDesk desk)
    {
        var reader = http.Request.BodyReader;
        var (body, fault) = await ReadAsync(reader, http.RequestAborted);
        Answer(http.Response.BodyWriter, body, fault, desk);
        if (fault != AccountFault.Unreadable)
        {
            reader.AdvanceTo(body.End);
        }

        trailers.GrpcStatus = Succeeded;
    }

    // Unreadable: nothing was read, and nothing is to be given back.
    private static async ValueTask<(ReadOnlySequence<byte> Body, AccountFault Fault)> ReadAsync(
        PipeReader reader, CancellationToken cancel)
    {
        try
        {
            var body = await WholeBody.ReadAsync(reader, PrefixBytes + MessageBytesMax, cancel);
            return (body, FaultOf(body));
        }
        catch (BadHttpRequestException)
        {
            return (default, AccountFault.Unreadable);
        }
    }

    private static AccountFault FaultOf(in ReadOnlySequence<byte> body) =>
        body.Length > PrefixBytes + MessageBytesMax ? AccountFault.TooLarge : AccountFault.None;

    private static void Answer(
        IBufferWriter<byte> output, in ReadOnlySequence<byte> body, AccountFault fault, DecisionDesk desk)
    {
        if (body.IsSingleSegment || fault != AccountFault.None)
        {
            Answer(output, body.FirstSpan, fault, desk);
            return;
        }

        var whole = ArrayPool<byte>.Shared.Rent((int)body.Length);
        try
        {
            body.CopyTo(whole);
            Answer(output, whole.AsSpan(0, (int)body.Length), fault, desk);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    private static void Answer(
        IBufferWriter<byte> output, ReadOnlySpan<byte> body, AccountFault fault, DecisionDesk desk)
    {
        var policy = desk.Policy;
        var check = default(CheckRequest);
        if (fault == AccountFault.None
            && (!TryUnwrap(body, out var message) || !CheckRequest.TryRead(message, policy, out check)))
        {
            fault = AccountFault.Unreadable;
        }

        Span<char> names = stackalloc char[CheckRequest.NamedCharsMax];
        var decision = desk.Decide(policy, GatewayKind.Envoy, check.ReadNamed(fault, names));

        var space = output.GetSpan(CheckResponse.BytesMax + PrefixBytes);
        var room = space.Slice(PrefixBytes, CheckResponse.BytesMax);
        var length = CheckResponse.Write(room, decision, policy, check);
        room[^length..].CopyTo(room);
        space[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(space[1..], length);
        output.Advance(length + PrefixBytes);
    }

    // One message, not compressed: nothing else was offered.
    private static bool TryUnwrap(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> message)
    {
        message = default;
        if (body.Length < PrefixBytes || body[0] != 0
            || BinaryPrimitives.ReadUInt32BigEndian(body[1..]) != (uint)(body.Length - PrefixBytes))
        {
            return false;
        }

        message = body[PrefixBytes..];
        return true;
    }
}
