using System.Globalization;
using BenchmarkDotNet.Running;
using Sentinel.Benchmarks;

switch (args)
{
    case ["consumer"]:
        await ConsumerMeasurement.RunAsync();
        break;
    case ["restore", .. var rest]:
        await RestoreMeasurement.RunAsync(
            rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : RestoreMeasurement.AccountsDefault);
        break;
    case ["board", .. var rest]:
        BoardMeasurement.Run(
            rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : BoardMeasurement.EntriesDefault);
        break;
    case ["fronts"]:
        await FrontMeasurement.RunAsync(rounds: 5, requests: 20_000);
        break;
    case ["fronts", "serve"]:
        await FrontServer.RunAsync();
        break;
    case ["fronts", var rounds, var requests]:
        await FrontMeasurement.RunAsync(
            int.Parse(rounds, CultureInfo.InvariantCulture), int.Parse(requests, CultureInfo.InvariantCulture));
        break;
    case ["simulator"]:
        SimulatorMeasurement.Run(rounds: 9);
        break;
    case ["simulator", var rounds]:
        SimulatorMeasurement.Run(int.Parse(rounds, CultureInfo.InvariantCulture));
        break;
    case ["simulator", "memory", var millions, var scale]:
        SimulatorMeasurement.RunMemory(
            int.Parse(millions, CultureInfo.InvariantCulture), double.Parse(scale, CultureInfo.InvariantCulture));
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
