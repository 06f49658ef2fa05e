using BenchmarkDotNet.Attributes;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Benchmarks;

/// <summary>
/// The account lane's judge alone with the exchanges of <see cref="EvidenceBenchmarks"/>: with every account an object, with
/// as many as usual (two exchanges of three unpack an account and pack another), and with one, so that each exchange does.
/// </summary>
[MemoryDiagnoser]
public class AccountBenchmarks
{
    private readonly Observation[] _observations = EvidenceBenchmarks.Observations();
    private readonly AccountNotes _notes = new();
    private readonly List<Verdict> _verdicts = [];
    private AccountJudge _judge = null!;
    private long _event;

    /// <summary>Accounts that are objects.</summary>
    [Params(int.MaxValue, AccountTable.UnpackedDefault, 1)]
    public int UnpackedMax { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var policy = DetectionPolicy.Default;
        _judge = new AccountJudge(
            policy, EvidenceBenchmarks.Reference, new VerdictWriter(policy, "bench/1", 0), UnpackedMax);
        for (var i = 0; i < 3; i++)
        {
            Observe();
        }
    }

    [Benchmark(OperationsPerInvoke = EvidenceBenchmarks.ExchangeCount)]
    public long Observe()
    {
        foreach (var observation in _observations)
        {
            _event++;
            observation.Offset = _event;
            if (_judge.TryAdmit(new EventKey(KeyHash.Mix((ulong)_event), (ulong)_event)))
            {
                _judge.Observe(observation, _verdicts);
            }

            if (_judge.NoteCount >= 4_096)
            {
                _judge.TakeNotes(_notes);
            }
        }

        _verdicts.Clear();
        return _judge.ExchangeCount;
    }
}
