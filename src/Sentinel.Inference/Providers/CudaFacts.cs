using System.Runtime.InteropServices;

namespace Sentinel.Inference.Providers;

/// <summary>What a machine has for running graphs on a CUDA device.</summary>
/// <param name="HasLibrary">Whether the engine's CUDA provider lies where the engine looks for it.</param>
/// <param name="DeviceCount">Devices that the driver shows; 0 also where there is no driver.</param>
internal sealed record CudaFacts(bool HasLibrary, int DeviceCount)
{
    private const string ProviderFile = "libonnxruntime_providers_cuda.so";
    private const string DriverFile = "libcuda.so.1";

    /// <summary>Looks at this machine.</summary>
    public static CudaFacts Look() => new(HasProvider(AppContext.BaseDirectory), CountDevices());

    private static bool HasProvider(string programs) =>
        File.Exists(Path.Combine(programs, ProviderFile))
        || File.Exists(Path.Combine(programs, "runtimes", "linux-x64", "native", ProviderFile));

    // The driver keeps what it once started until the process ends, so its library stays loaded.
    private static unsafe int CountDevices()
    {
        if (!NativeLibrary.TryLoad(DriverFile, out var driver)
            || !NativeLibrary.TryGetExport(driver, "cuInit", out var init)
            || !NativeLibrary.TryGetExport(driver, "cuDeviceGetCount", out var countDevices))
        {
            return 0;
        }

        var count = 0;
        return ((delegate* unmanaged<uint, int>)init)(0) == 0
            && ((delegate* unmanaged<int*, int>)countDevices)(&count) == 0
                ? count
                : 0;
    }
}
