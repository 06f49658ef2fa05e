using BenchmarkDotNet.Running;
using Sentinel.Benchmarks;

if (args is ["consumer"])
{
    await ConsumerMeasurement.RunAsync();
}
else
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}
