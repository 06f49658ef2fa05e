using System.Buffers;
using BenchmarkDotNet.Attributes;
using Sentinel.Simulation;
using Sentinel.Simulation.Recipes;

namespace Sentinel.Benchmarks;

/// <summary>One exchange of the recipe that everything is measured with, without compression or a file.</summary>
[MemoryDiagnoser]
public class SimulatorBenchmarks
{
    private const double Scale = 0.1;
    private const int Block = 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _line = new(2 * Block);
    private TrafficSimulator? _simulator;

    [GlobalSetup]
    public void Create() => Restart();

    [Benchmark]
    public void TryWriteNext()
    {
        if (!_simulator!.TryWriteNext(_line))
        {
            Restart();
        }

        if (_line.WrittenCount > Block)
        {
            _line.ResetWrittenCount();
        }
    }

    private void Restart() => _simulator = BuiltInRecipes.TryGet("all", out var recipe)
        ? TrafficSimulator.Create(recipe, 1, Scale)
        : throw new InvalidOperationException("The program lacks its recipe 'all'.");
}
