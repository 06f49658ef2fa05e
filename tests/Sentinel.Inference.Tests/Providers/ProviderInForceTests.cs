using Sentinel.Inference.Models;
using Sentinel.Inference.Providers;

namespace Sentinel.Inference.Tests.Providers;

public sealed class ProviderInForceTests
{
    [Theory]
    [InlineData("cpu", 2, true, 1, false, "asked for")]
    [InlineData("auto", 1, true, 1, false, "a first tier adds up rows of a table: the way to a device takes longer")]
    [InlineData("auto", 2, false, 1, false, ProviderInForce.NoLibrary)]
    [InlineData("auto", 2, true, 0, false, ProviderInForce.NoDevice)]
    [InlineData("auto", 2, true, 1, true, "a device and the provider are there")]
    [InlineData("cuda", 1, true, 1, true, "asked for")]
    [InlineData("cuda", 1, false, 0, false, ProviderInForce.NoLibrary)]
    [InlineData("cuda", 1, true, 0, false, ProviderInForce.NoDevice)]
    public void Choose_WishAndMachine_Decide(
        string wished, int tier, bool hasLibrary, int devices, bool isCuda, string why)
    {
        Assert.True(ProviderWishText.TryRead(wished, out var wish));
        var provider = ProviderInForce.Choose(wish, tier, () => new CudaFacts(hasLibrary, devices));
        Assert.Equal(new ProviderInForce(isCuda, why), provider);
        Assert.Equal(isCuda ? "cuda" : "cpu", provider.Name);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("CUDA")]
    [InlineData("gpu")]
    public void TryRead_AnythingElse_IsRefused(string? text) => Assert.False(ProviderWishText.TryRead(text, out _));

    [Fact]
    public void TryLoad_CudaWithoutIt_IsRefusedAndSaysWhy()
    {
        var facts = CudaFacts.Look();
        var folder = ModelFolder.Newest(ModelFolder.Find(null, AppContext.BaseDirectory)!, ModelFolder.Tier1Name)!;
        var isLoaded = OnnxScorer.TryLoad(folder, ProviderWish.Cuda, out var scorer, out var fault);
        using (scorer)
        {
            if (!facts.HasLibrary || facts.DeviceCount == 0)
            {
                Assert.False(isLoaded);
            }

            Assert.True(isLoaded ? scorer!.Provider.IsCuda : fault!.Kind == ModelFaultKind.NoProvider);
        }
    }
}
