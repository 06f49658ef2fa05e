using System.Globalization;
using System.Text;

namespace Sentinel.Benchmarks;

/// <summary>What gateways ask of the fronts that are measured, made before: each account's in a turn that no cache likes.</summary>
internal static class FrontQuestions
{
    private const int Stride = 7919;

    /// <summary>Accounts that are asked for; all have a verdict.</summary>
    public const int AccountsMax = 100_000;

    public static Func<int, byte[]> Post { get; } = Each(static account => Encoding.ASCII.GetBytes(
        "POST /v1/decisions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 28\r\n\r\n"
        + $$"""{"account_id":"{{account}}"}"""));

    public static Func<int, byte[]> AuthRequest { get; } = Each(static account => Encoding.ASCII.GetBytes(
        $"GET /v1/gateways/nginx HTTP/1.1\r\nHost: x\r\nX-LLM-Sentinel-Account: {account}\r\n\r\n"));

    public static Func<int, byte[]> Check { get; } = Each(CheckOf);

    /// <summary>An account with a verdict.</summary>
    public static string AccountOf(int number) => string.Create(CultureInfo.InvariantCulture, $"acct-{number:000000}");

    // CheckRequest { attributes { request { http { headers … } } } } with as many headers as a client has.
    public static byte[] CheckOf(string account)
    {
        byte[] headers =
        [
            .. Field(3, [.. Field(1, "content-type"u8), .. Field(2, "application/json"u8)]),
            .. Field(3, [.. Field(1, "user-agent"u8), .. Field(2, "OpenAI/Python 1.99.0"u8)]),
            .. Field(3, [.. Field(1, "accept-encoding"u8), .. Field(2, "gzip, deflate"u8)]),
            .. Field(3, [.. Field(1, "x-request-id"u8), .. Field(2, "0b9ae3d4-6a0e-4b2c-93a6-3f3d1e1a7c55"u8)]),
            .. Field(3, [.. Field(1, "x-llm-sentinel-account"u8), .. Field(2, Encoding.ASCII.GetBytes(account))]),
            .. Field(4, "/v1/chat/completions"u8), .. Field(5, "api.example.com"u8),
        ];
        return Framed(Field(1, Field(4, Field(2, headers))));
    }

    /// <summary>A message as gRPC puts it on the wire.</summary>
    public static byte[] Framed(byte[] message) =>
        [0, 0, (byte)(message.Length >> 16), (byte)(message.Length >> 8), (byte)message.Length, .. message];

    private static byte[] Field(int field, ReadOnlySpan<byte> value) => value.Length < 0x80
        ? [(byte)((field << 3) | 2), (byte)value.Length, .. value]
        : [(byte)((field << 3) | 2), (byte)(value.Length | 0x80), (byte)(value.Length >> 7), .. value];

    private static Func<int, byte[]> Each(Func<string, byte[]> make)
    {
        var made = new Lazy<byte[][]>(() => [.. Enumerable.Range(0, AccountsMax).Select(i => make(AccountOf(i)))]);
        return number => made.Value[(int)((long)number * Stride % AccountsMax)];
    }
}
