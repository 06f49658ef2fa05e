using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Scoring;
using Sentinel.Testing;

namespace Sentinel.Detection.Tests.Judging;

public class AllocationTests
{
    private const int AccountCount = 200;

    private readonly ObservationMaker _maker = new();
    private readonly JudgeOutput _output = new();
    private readonly Judge _judge = new(DetectionPolicy.Default, new BenignReference([0, 6553, 32768], [1, 0.3, 0.01], 0.01), "test/1", 0);
    private ulong _event;

    [Fact]
    public void Observe_AccountsThatAreKnown_AllocatesForVerdictsAlone()
    {
        // A tenth of the exchanges say something, in frames that accounts share: evidence, links and habits are all at work. All of
        // one tick, since what is done once a tick is not done for an exchange.
        var random = new Random(7);
        var observations = Enumerable.Range(0, 4_000).Select(i => _maker.Make(
            $"account-{i % AccountCount}",
            harvest: random.Next(10) == 0 ? 0.3f * random.NextSingle() : 0.05f * random.NextSingle(),
            frame: i % 2 == 0 ? $"frame-{i % 40}" : null,
            content: $"content-{i}",
            payment: $"payment-{i % AccountCount}",
            ja4: $"ja4-{i % 7}")).ToArray();
        for (var round = 0; round < 20; round++)
        {
            ObserveAll();
        }

        var (bytes, verdicts) = (long.MaxValue, 0);
        for (var round = 0; round < 5; round++)
        {
            _output.Clear();
            bytes = Math.Min(bytes, AllocatedBytes.Of(ObserveAll));
            verdicts += _output.Verdicts.Count;
        }

        Assert.Equal(0, verdicts);
        Assert.Equal(0, bytes);

        void ObserveAll()
        {
            foreach (var observation in observations)
            {
                _event++;
                observation.Offset = (long)_event;
                if (_judge.TryAdmit(new EventKey(KeyHash.Mix(_event), _event)))
                {
                    _judge.Observe(observation, _output);
                }
            }
        }
    }
}
