// Field numbers are those of envoy/service/auth/v3/external_auth.proto and of what it imports. Fields are written last
// to
// first, as ProtoWriter has it.
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Gateways;

/// <summary>
/// A decision as Envoy's <c>CheckResponse</c>. To the upstream it goes in headers, to later filters and the access log
/// as
/// dynamic metadata; a client that is turned away sees neither.
/// </summary>
internal static class CheckResponse
{
    /// <summary>
    /// Room that an answer needs: reason and id of 200 characters each, twice; about 800 bytes of names and short
    /// values;
    /// or the body in the place of the headers.
    /// </summary>
    public const int BytesMax = 2048;

    private const int Status = 1;
    private const int Denied = 2;
    private const int Ok = 3;
    private const int DynamicMetadata = 4;
    private const int Headers = 2;
    private const int DeniedBody = 3;
    private const int HeadersToRemove = 5;
    private const int Key = 1;
    private const int Value = 2;
    private const int NumberValue = 2;
    private const int StringValue = 3;
    private const int BoolValue = 4;

    private const int PermissionDenied = 7;
    private const int Forbidden = 403;

    /// <summary>Writes the message at the end of the space, which is <see cref="BytesMax"/> long at least.</summary>
    /// <returns>Its length.</returns>
    public static int Write(
        Span<byte> space, in GatewayDecision decision, GatewayPolicy policy, scoped in CheckRequest check)
    {
        var writer = new ProtoWriter(space);
        WriteMetadata(ref writer, decision, policy);
        if (decision.IsBlock)
        {
            WriteDenied(ref writer, check.DenyBodyFor(policy.Options.DenyFormat).Span);
        }
        else
        {
            WriteOk(ref writer, decision, policy);
        }

        var before = writer.Length;
        if (decision.IsBlock)
        {
            writer.Number(1, PermissionDenied);
        }

        writer.Message(Status, before);
        return writer.Length;
    }

    private static void WriteOk(ref ProtoWriter writer, in GatewayDecision decision, GatewayPolicy policy)
    {
        var before = writer.Length;
        if (decision.Action == DecisionAction.Throttle)
        {
            WriteHeader(ref writer, DecisionHeaders.Throttle, policy.ThrottleRate);
        }
        else
        {
            writer.Text(HeadersToRemove, DecisionHeaders.Throttle); // All others replace what a client sent under their names.
        }

        WriteHeader(ref writer, DecisionHeaders.Mode, DecisionHeaders.TextOf(decision.FailMode));
        WriteHeader(ref writer, DecisionHeaders.DecisionId, DecisionHeaders.TextOf(decision.DecisionId));
        WriteHeader(ref writer, DecisionHeaders.Stale, DecisionHeaders.TextOf(decision.IsStale));
        WriteHeader(ref writer, DecisionHeaders.Ttl, policy.TextOfTtl(decision.TtlSeconds));
        WriteHeader(ref writer, DecisionHeaders.Reason, DecisionHeaders.TextOf(decision.Reason));
        WriteHeader(ref writer, DecisionHeaders.Decision, WireNames.Of(decision.Action));
        writer.Message(Ok, before);
    }

    private static void WriteDenied(ref ProtoWriter writer, ReadOnlySpan<byte> body)
    {
        var before = writer.Length;
        writer.Bytes(DeniedBody, body);
        WriteHeader(ref writer, "content-type", DenyBody.MediaType);
        var beforeStatus = writer.Length;
        writer.Number(1, Forbidden);
        writer.Message(Status, beforeStatus);
        writer.Message(Denied, before);
    }

    // HeaderValueOption { HeaderValue { key, value } }; without an append action it replaces what the client sent.
    private static void WriteHeader(ref ProtoWriter writer, string key, string value)
    {
        var before = writer.Length;
        writer.Text(Value, value);
        writer.Text(Key, key);
        writer.Message(1, before);
        writer.Message(Headers, before);
    }

    private static void WriteMetadata(ref ProtoWriter writer, in GatewayDecision decision, GatewayPolicy policy)
    {
        var before = writer.Length;
        if (decision.Action == DecisionAction.Throttle)
        {
            WriteNumber(ref writer, "throttle_per_minute", policy.Options.ThrottlePerMinute);
        }

        WriteText(ref writer, "fail_mode", DecisionHeaders.TextOf(decision.FailMode));
        WriteText(ref writer, "decision_id", DecisionHeaders.TextOf(decision.DecisionId));
        WriteFlag(ref writer, "stale", decision.IsStale);
        WriteNumber(ref writer, "ttl_seconds", decision.TtlSeconds);
        WriteText(ref writer, "reason", DecisionHeaders.TextOf(decision.Reason));
        WriteText(ref writer, "decision", WireNames.Of(decision.Action));
        writer.Message(DynamicMetadata, before);
    }

    private static void WriteText(ref ProtoWriter writer, string key, string value)
    {
        var before = writer.Length;
        writer.Text(StringValue, value);
        CloseEntry(ref writer, key, before);
    }

    private static void WriteFlag(ref ProtoWriter writer, string key, bool value)
    {
        var before = writer.Length;
        writer.Number(BoolValue, value ? 1 : 0);
        CloseEntry(ref writer, key, before);
    }

    private static void WriteNumber(ref ProtoWriter writer, string key, int value)
    {
        var before = writer.Length;
        writer.Double(NumberValue, value);
        CloseEntry(ref writer, key, before);
    }

    // Struct { map<string, Value> fields }: an entry is a message of key and value.
    private static void CloseEntry(ref ProtoWriter writer, string key, int before)
    {
        writer.Message(Value, before);
        writer.Text(Key, key);
        writer.Message(1, before);
    }
}
