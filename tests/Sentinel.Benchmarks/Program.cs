using System.Globalization;
using BenchmarkDotNet.Running;
using Sentinel.Benchmarks;

switch (args)
{
    case ["consumer"]:
        await ConsumerMeasurement.RunAsync();
        break;
    case ["lane"]:
        await LaneMeasurement.RunAsync(rounds: 9);
        break;
    case ["lane", "phases"]:
        LaneMeasurement.RunPhases();
        break;
    case ["lane", var rounds]:
        await LaneMeasurement.RunAsync(int.Parse(rounds, CultureInfo.InvariantCulture));
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}
