using System.Text;
using BenchmarkDotNet.Attributes;
using Sentinel.Detection;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Scoring;

namespace Sentinel.Benchmarks;

/// <summary>The judge alone: 100,000 accounts, a tenth of the exchanges suspicious, half of them in shared frames.</summary>
[MemoryDiagnoser]
public class EvidenceBenchmarks
{
    /// <summary>Exchanges that <see cref="Observations"/> gives.</summary>
    public const int ExchangeCount = 200_000;

    private const int AccountCount = 100_000;
    private readonly Observation[] _observations = Observations();
    private readonly JudgeOutput _output = new();
    private Judge _judge = null!;
    private long _event;

    internal static BenignReference Reference { get; } = new([0, 6553, 32768, 58982], [1, 0.3, 0.01, 0.001], 0.001);

    internal static Observation[] Observations()
    {
        var observations = new Observation[ExchangeCount];
        var random = new Random(7);
        for (var i = 0; i < ExchangeCount; i++)
        {
            var observation = new Observation { OccurredAtMs = 1_760_000_000_000 + (i * 10L) };
            var account = random.Next(AccountCount);
            observation.AccountId.Set(Encoding.UTF8.GetBytes($"acct-{account:x16}"));
            observation.PaymentKey = KeyHash.Of($"payment-{account}");
            observation.PhoneKey = KeyHash.Of($"phone-{account}");
            observation.IpKey = KeyHash.Of($"ip-{account}");
            observation.IpBlockKey = KeyHash.Of($"block-{account / 3}");
            observation.Ja4Key = KeyHash.Of($"ja4-{account % 40}");
            observation.ContentKey = KeyHash.Of($"content-{i}");
            observation.Frame.HeadAnchor = i % 2 == 0 ? KeyHash.Of($"frame-{account % 2000}") : 0;
            observation.Scores.HarvestSteps = (ushort)(random.Next(10) == 0 ? random.Next(65536) : random.Next(6000));
            observations[i] = observation;
        }

        return observations;
    }

    [GlobalSetup]
    public void Setup()
    {
        _judge = new Judge(DetectionPolicy.Default, Reference, "bench/1", 0);
        for (var i = 0; i < 3; i++)
        {
            Observe();
        }
    }

    [Benchmark(OperationsPerInvoke = ExchangeCount)]
    public long Observe()
    {
        foreach (var observation in _observations)
        {
            _event++;
            observation.Offset = _event;
            if (_judge.TryAdmit(new EventKey(KeyHash.Mix((ulong)_event), (ulong)_event)))
            {
                _judge.Observe(observation, _output);
            }
        }

        _output.Clear();
        return _judge.ExchangeCount;
    }
}
