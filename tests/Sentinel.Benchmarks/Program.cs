using System.Globalization;
using BenchmarkDotNet.Running;
using Sentinel.Benchmarks;

if (args is ["restore", ..])
{
    await RestoreMeasurement.RunAsync(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1_000_000);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
