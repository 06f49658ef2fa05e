using System.Buffers;
using System.Text.Json;
using Sentinel.Simulation.Recipes;

namespace Sentinel.Simulation.Tests;

/// <summary>What a detector that looks at single fields and simple aggregates could know of one account.</summary>
internal sealed class AccountFacts
{
    // Of an account's exchanges so many are read: a habit shows in fewer, and reading is what the test's time goes into.
    private const int ReadMax = 80;

    // Times cost next to nothing, and the first eighty may lie in one week.
    private const int TimesMax = 200;

    private static readonly (string Part, string Field)[] Values =
    [
        ("account", "plan"), ("account", "signup_route"), ("account", "email_domain"), ("account", "country"),
        ("client", "country"), ("client", "network"), ("client", "user_agent"), ("client", "ja4"), ("request", "model"),
        ("request", "operation"), ("request", "tools"), ("request", "modalities"), ("request", "max_tokens"),
        ("request", "temperature"), ("request", "n"), ("request", "logprobs"), ("request", "stream"),
        ("request", "reasoning"), ("response", "finish_reason"), ("response", "status"),
    ];

    private static readonly (string Part, string Field)[] Presences =
    [
        ("account", "org_id"), ("account", "payment_hash"), ("account", "phone_hash"), ("client", "device_hash"),
        ("request", "system"), ("response", "reasoning_ref_issued"),
    ];

    private static readonly string[] Amounts = ["input_tokens", "output_tokens", "reasoning_tokens", "latency_ms"];

    private readonly Dictionary<string, Dictionary<string, int>> _values = [];
    private readonly Dictionary<string, List<double>> _numbers = [];
    private readonly HashSet<int> _hours = [];
    private readonly HashSet<DateOnly> _days = [];
    private readonly HashSet<string> _addresses = [];
    private DateTimeOffset? _last;

    public string Id { get; private init; } = "";

    public bool IsMalicious { get; private set; }

    public int Volume { get; private set; }

    /// <summary>The most frequent value of each field; to be asked when all is read.</summary>
    public Dictionary<string, string> Usual => field ??=
        _values.ToDictionary(pair => pair.Key, pair => pair.Value.MaxBy(value => value.Value).Key);

    /// <summary>Aggregates of each number; to be asked when all is read.</summary>
    public Dictionary<string, double> Numbers => field ??= Aggregate();

    /// <summary>Plays a recipe and reads every account.</summary>
    public static AccountFacts[] Play(TrafficRecipe recipe, ulong seed, double scale)
    {
        var simulator = TrafficSimulator.Create(recipe, seed, scale);
        var line = new ArrayBufferWriter<byte>(64 * 1024);
        var accounts = new Dictionary<string, AccountFacts>();
        while (simulator.TryWriteNext(line))
        {
            var id = Between(line.WrittenSpan, "\"account\":{\"id\":\""u8);
            if (!accounts.TryGetValue(id, out var facts))
            {
                facts = new AccountFacts { Id = id };
                accounts.Add(id, facts);
            }

            facts.Add(line.WrittenMemory);
            line.ResetWrittenCount();
        }

        using var truth = new MemoryStream();
        simulator.WriteTruth(truth);
        foreach (var text in System.Text.Encoding.UTF8.GetString(truth.ToArray()).Split('\n').SkipLast(1))
        {
            using var account = JsonDocument.Parse(text);
            accounts[account.RootElement.GetProperty("account_id").GetString()!].IsMalicious =
                account.RootElement.GetProperty("label").GetString() == "malicious";
        }

        return [.. accounts.Values];
    }

    private Dictionary<string, double> Aggregate()
    {
        var numbers = _numbers.ToDictionary(
            number => number.Key,
            number => number.Key.StartsWith("median", StringComparison.Ordinal)
                ? number.Value.Order().ElementAt(number.Value.Count / 2)
                : number.Value.Average());
        numbers["volume"] = Volume;
        numbers["volume a day"] = Volume / (double)_days.Count;
        numbers["volume: hours of the day"] = _hours.Count;
        numbers["days"] = _days.Count;
        numbers["addresses an exchange"] = _addresses.Count / (double)Math.Min(Volume, ReadMax);
        return numbers;
    }

    private static string Between(ReadOnlySpan<byte> line, ReadOnlySpan<byte> before)
    {
        var rest = line[(line.IndexOf(before) + before.Length)..];
        return System.Text.Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)'"')]);
    }

    private void Add(ReadOnlyMemory<byte> line)
    {
        var time = DateTimeOffset.Parse(Between(line.Span, "\"occurred_at\":\""u8), null);
        Volume++;
        _hours.Add(time.Hour);
        _days.Add(DateOnly.FromDateTime(time.UtcDateTime));
        if (Volume <= TimesMax)
        {
            NoteTime(time);
        }

        if (Volume > ReadMax)
        {
            return;
        }

        using var document = JsonDocument.Parse(line);
        var exchange = document.RootElement;
        foreach (var (part, field) in Values)
        {
            var text = exchange.GetProperty(part).GetProperty(field).GetRawText();
            // A domain that an account has to itself says that it is one.
            var isOwn = field == "email_domain" && text.StartsWith("\"c", StringComparison.Ordinal);
            Count($"{part}.{field}", isOwn ? "own" : text);
        }

        foreach (var (part, field) in Presences)
        {
            Count($"{part}.{field} given", exchange.GetProperty(part).GetProperty(field).ValueKind.ToString());
        }

        AddNumbers(exchange, time);
    }

    private void AddNumbers(JsonElement exchange, DateTimeOffset time)
    {
        var (request, response) = (exchange.GetProperty("request"), exchange.GetProperty("response"));
        foreach (var field in Amounts)
        {
            Note("median " + field, response.GetProperty(field).GetDouble());
        }

        var messages = request.GetProperty("messages");
        Note("median first message", messages[0].GetProperty("content").GetString()!.Length);
        Note("system prompt", request.GetProperty("system").GetString()?.Length ?? 0);
        Note("turn", request.GetProperty("turn").GetDouble());
        Note("references presented", request.GetProperty("reasoning_refs_presented").GetArrayLength());
        Note("sketches", response.GetProperty("output_sketch").GetArrayLength());
        Note("age", (time - exchange.GetProperty("account").GetProperty("created_at").GetDateTimeOffset()).TotalDays);
        _addresses.Add(exchange.GetProperty("client").GetProperty("ip").GetString()!);
    }

    private void NoteTime(DateTimeOffset time)
    {
        Note("at weekends", time.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 1 : 0);
        Note("at night", time.Hour < 6 ? 1 : 0);
        if (_last is { } last)
        {
            Note("gaps below a minute", (time - last).TotalSeconds < 60 ? 1 : 0);
        }

        _last = time;
    }

    private void Count(string field, string value)
    {
        if (!_values.TryGetValue(field, out var counts))
        {
            _values.Add(field, counts = []);
        }

        counts[value] = counts.GetValueOrDefault(value) + 1;
    }

    private void Note(string name, double value)
    {
        if (!_numbers.TryGetValue(name, out var values))
        {
            _numbers.Add(name, values = []);
        }

        values.Add(value);
    }
}
