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
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}
