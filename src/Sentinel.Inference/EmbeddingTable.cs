using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sentinel.Inference;

/// <summary>
/// The table of a classifier, whose rows are added up for the features of a prompt. Immutable, shared by all lanes.
/// </summary>
/// <remarks>
/// Rows are added by fours, <c>sum += ((a + b) + c) + d</c>: the order in which ONNX Runtime's ReduceSum adds them, so
/// that the sums have the bits that the whole graph gives. Kept in single precision: widening half precision on the way
/// costs more than fetching twice the bytes (<c>ExchangeBenchmarks.Score</c>).
/// </remarks>
internal sealed class EmbeddingTable
{
    // Features added in one step; rows of ids are padded with feature 0, whose numbers are zero.
    private const int Stride = 4;
    private const int VectorCells = 16;
    private const int BlockVectors = 3;
    private const int BlockCells = BlockVectors * VectorCells;

    private readonly float[] _cells;
    private readonly int _rowCells;
    private readonly int _start;

    /// <summary>A table of rows one after another.</summary>
    public EmbeddingTable(ReadOnlySpan<Half> table, int columns)
    {
        Columns = columns;
        RowCount = table.Length / columns;
        _rowCells = (columns + BlockCells - 1) / BlockCells * BlockCells;
        _cells = GC.AllocateArray<float>((RowCount * _rowCells) + VectorCells, pinned: true);
        _start = CellsToLine(_cells);
        for (var row = 0; row < RowCount; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                _cells[_start + (row * _rowCells) + column] = (float)table[(row * columns) + column];
            }
        }
    }

    /// <summary>Numbers of a row.</summary>
    public int Columns { get; }

    /// <summary>Rows: one a feature.</summary>
    public int RowCount { get; }

    /// <summary>Writes the sums of the features' rows.</summary>
    /// <param name="features">Ids below <see cref="RowCount"/>, a multiple of four; 0 ends them.</param>
    /// <param name="sums">Gets <see cref="Columns"/> numbers.</param>
    public void Sum(ReadOnlySpan<int> features, Span<float> sums)
    {
        Span<float> block = stackalloc float[BlockCells];
        for (var column = 0; column < Columns; column += BlockCells)
        {
            SumBlock(features, column, block);
            block[..Math.Min(BlockCells, Columns - column)].CopyTo(sums[column..]);
        }
    }

    private void SumBlock(ReadOnlySpan<int> features, int column, Span<float> block)
    {
        ref var cells = ref MemoryMarshal.GetArrayDataReference(_cells);
        var (left, middle, right) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        for (; features.Length >= Stride && features[0] != 0; features = features[Stride..])
        {
            var (a, b, c, d) =
                (CellOf(features[0]), CellOf(features[1]), CellOf(features[2]), CellOf(features[3]));
            left += SumOfFour(ref cells, a + column, b + column, c + column, d + column);
            column += VectorCells;
            middle += SumOfFour(ref cells, a + column, b + column, c + column, d + column);
            column += VectorCells;
            right += SumOfFour(ref cells, a + column, b + column, c + column, d + column);
            column -= BlockCells - VectorCells;
        }

        left.CopyTo(block);
        middle.CopyTo(block[VectorCells..]);
        right.CopyTo(block[(2 * VectorCells)..]);
    }

    private static Vector512<float> SumOfFour(ref float cells, int a, int b, int c, int d)
    {
        var sum = Vector512.LoadUnsafe(ref cells, (nuint)a) + Vector512.LoadUnsafe(ref cells, (nuint)b);
        sum += Vector512.LoadUnsafe(ref cells, (nuint)c);
        return sum + Vector512.LoadUnsafe(ref cells, (nuint)d);
    }

    // Rows of three whole cache lines each.
    private static unsafe int CellsToLine(float[] pinned)
    {
        const int LineBytes = VectorCells * sizeof(float);
        var past = (nuint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref pinned[0]) % LineBytes;
        return (int)((LineBytes - past) % LineBytes / sizeof(float));
    }

    private int CellOf(int feature)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)feature, (uint)RowCount);
        return _start + (feature * _rowCells);
    }
}
