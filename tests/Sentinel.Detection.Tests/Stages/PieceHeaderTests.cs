using Sentinel.Detection.Stages;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Tests.Stages;

/// <summary>Pieces of other versions of the program.</summary>
public sealed class PieceHeaderTests
{
    [Fact]
    public void Read_OwnFormat_IsWhatWasWritten()
    {
        var header = new PieceHeader(PieceKind.Profiles, 3, 7, -2, 11);
        Assert.Equal(header, Read(header, PieceHeader.Version));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Read_ProfilesOfAnOlderFormat_AreRefusedAndNotGuessedAt(int version)
    {
        var fault = Assert.Throws<InvalidDataException>(() => Read(new PieceHeader(PieceKind.Profiles, 0, 1, 1, 1), version));
        Assert.Contains($"format {version}", fault.Message, StringComparison.Ordinal);
        var edges = new PieceHeader(PieceKind.Edges, 0, 1, 1, 1);
        Assert.Equal(edges, Read(edges, version));
    }

    [Fact]
    public void Read_ANewerFormat_IsSaidToBeNewer() =>
        Assert.Throws<NewerFormatException>(() => Read(new PieceHeader(PieceKind.Edges, 0, 1, 1, 1), PieceHeader.Version + 1));

    private static PieceHeader Read(PieceHeader header, int version)
    {
        var writer = new StateWriter();
        header.Write(writer);
        var bytes = writer.Written.ToArray();
        bytes[0] = (byte)version;
        var reader = new StateReader(bytes);
        return PieceHeader.Read(ref reader);
    }
}
