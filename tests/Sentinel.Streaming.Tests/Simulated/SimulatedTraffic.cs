using System.Text;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Readings;
using Sentinel.Streaming.Partitions;
using Sentinel.Testing;

namespace Sentinel.Streaming.Tests.Simulated;

/// <summary>
/// Small traffic in which a pool, a relay, users of foreign reasoning references and a circle that puts its answers back
/// in hide among strangers; some records come twice, some are no exchanges, some are late, and at times there are none.
/// </summary>
internal sealed class SimulatedTraffic
{
    private const int Count = 120;

    /// <summary>Latest that a record comes after its event.</summary>
    public static readonly TimeSpan LateMax = TimeSpan.FromSeconds(4);

    private readonly Random _random;
    private readonly List<Arrival> _arrivals = [];

    public SimulatedTraffic(int seed, int partitions, DateTimeOffset from)
    {
        _random = new Random(seed);
        var at = TimeSpan.FromSeconds(1);
        for (var i = 0; i < Count; i++)
        {
            at += TimeSpan.FromMilliseconds(_random.Next(_random.Next(40) == 0 ? 20_000 : 1_300));
            Add(i, at, from, partitions);
        }

        End = at + LateMax;
        _arrivals.Sort(static (left, right) => left.At.CompareTo(right.At));
    }

    /// <summary>What is written when, in order of time.</summary>
    public IReadOnlyList<Arrival> Arrivals => _arrivals;

    /// <summary>After this nothing comes.</summary>
    public TimeSpan End { get; }

    private void Add(int i, TimeSpan at, DateTimeOffset from, int partitions)
    {
        var account = AccountOf(out var json, i, (from + at).ToUnixTimeMilliseconds());
        var partition = (int)(KeyHash.Of(Encoding.UTF8.GetBytes(account)) % (ulong)partitions);
        Arrive(at, partition, json.ToUtf8(), i);
        if (_random.Next(15) == 0)
        {
            Arrive(at, partition, json.ToUtf8(), i);
        }

        if (_random.Next(30) == 0)
        {
            var bytes = json.ToUtf8();
            Arrive(at, partition, bytes[.._random.Next(bytes.Length)], null);
        }
    }

    private void Arrive(TimeSpan at, int partition, byte[] value, int? eventId) => _arrivals.Add(new Arrival(
        at + (_random.Next(6) == 0 ? LateMax * _random.NextDouble() : TimeSpan.Zero), partition, value, eventId));

    private string AccountOf(out ExchangeJson json, int i, long atMs)
    {
        var (account, payment, prompt, issued, presented) = _random.Next(9) switch
        {
            0 or 1 => ($"pool-{_random.Next(8)}", "card", Plain(), null, null),
            2 or 3 => ($"relay-{_random.Next(4)}", null, Harvest(i), null, null),
            4 => ($"issuer-{_random.Next(3)}", null, Plain(), $"ref-{i % 12}", null),
            5 => ($"replayer-{_random.Next(3)}", null, Plain(), null, $"ref-{_random.Next(12)}"),
            8 => ($"circle-{_random.Next(4)}", null, Answer(_random.Next(i + 1)), null, null),
            6 => ($"harvester-{_random.Next(3)}", null, Harvest(i), null, null),
            _ => ($"stranger-{_random.Next(25)}", (string?)null, Plain(), (string?)null, (string?)null),
        };
        json = ExchangeJson.Minimal().Set("event_id", $"ev-{i}").Set("account.id", account)
            .Set("occurred_at", DateTimeOffset.FromUnixTimeMilliseconds(atMs).ToString("yyyy-MM-ddTHH:mm:ss.fffZ"))
            .Set("account.payment_hash", payment ?? $"own-{account}")
            .Set("client.ip", $"198.51.{Math.Abs(account.Length + account[^1])}.7")
            .Prompt(prompt);
        if (account.StartsWith("circle", StringComparison.Ordinal))
        {
            json.SetRaw("response.output_sketch", SketchOf(Answer(i)));
        }

        if (issued is not null)
        {
            json.Set("response.reasoning_ref_issued", issued);
        }

        if (presented is not null)
        {
            json.SetRaw("request.reasoning_refs_presented", $"[\"{presented}\"]");
        }

        return account;
    }

    private string Harvest(int i) =>
        $"Write {FakeScorer.Marker} question number {i} with a solution in every step for our set {_random.Next(9)}.";

    // What was answered to one of thirty exchanges, as a text and as its sketch.
    private static string Answer(int i) =>
        string.Join(' ', Enumerable.Range(0, 40).Select(word => $"step{KeyHash.Mix((ulong)((i % 30 * 64) + word)) % 9_999}"));

    private static string SketchOf(string text)
    {
        var sketch = new uint[MinHashSketch.Length];
        _ = MinHashSketch.Compute(Encoding.UTF8.GetBytes(text), sketch);
        return $"[{string.Join(',', sketch)}]";
    }

    private string Plain() => $"Please help me with topic {_random.Next(900)} and its history in {_random.Next(90)} words.";
}

/// <summary>A record that is written at a time, since the beginning.</summary>
internal sealed record Arrival(TimeSpan At, int Partition, byte[] Value, int? EventId)
{
    public StoredRecord ToRecord(long atMs) => new([], Value, RecordFormat.Json, atMs);
}
