using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sentinel.Inference.SecondTier;

/// <summary>What a trainer learned: named tensors of single precision, as <c>weights.bin</c> and <c>weights.json</c>.</summary>
internal sealed class EncoderWeights
{
    // Far more than any encoder that a processor is to run.
    private const long BytesMax = 256L << 20;

    private readonly float[] _values;
    private readonly WeightsIndex _index;

    private EncoderWeights(float[] values, WeightsIndex index) => (_values, _index) = (values, index);

    /// <summary>Heads of attention.</summary>
    public int Heads => _index.Heads;

    /// <summary>Layers.</summary>
    public int Layers => _index.Layers;

    /// <summary>Reads them.</summary>
    /// <exception cref="InvalidDataException">They are not as documented.</exception>
    public static EncoderWeights Read(string folder)
    {
        var index = JsonSerializer.Deserialize(
            File.ReadAllBytes(Path.Combine(folder, "weights.json")), WeightsJson.Default.WeightsIndex);
        var file = new FileInfo(Path.Combine(folder, "weights.bin"));
        if (index is null || file.Length > BytesMax)
        {
            throw new InvalidDataException($"{folder} holds no weights of an encoder.");
        }

        return new EncoderWeights(MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(file.FullName)).ToArray(), index);
    }

    /// <summary>A tensor's numbers.</summary>
    public float[] this[string name] => _values.AsSpan(Find(name).Start, Length(Find(name).Shape)).ToArray();

    /// <summary>Whether there is such a tensor.</summary>
    public bool Has(string name) => _index.Tensors.ContainsKey(name);

    /// <summary>A tensor's sizes.</summary>
    public int[] ShapeOf(string name) => Find(name).Shape;

    /// <summary>A matrix the other way round: trainers keep outputs by inputs, the graph multiplies from the left.</summary>
    public float[] Transposed(string name)
    {
        var (from, shape) = (this[name], ShapeOf(name));
        var to = new float[from.Length];
        for (var row = 0; row < shape[0]; row++)
        {
            for (var column = 0; column < shape[1]; column++)
            {
                to[(column * shape[0]) + row] = from[(row * shape[1]) + column];
            }
        }

        return to;
    }

    private static int Length(int[] shape) => shape.Aggregate(1, static (product, size) => checked(product * size));

    private TensorPlace Find(string name) => _index.Tensors.TryGetValue(name, out var place)
        && place.Start >= 0 && place.Start + (long)Length(place.Shape) <= _values.Length
            ? place
            : throw new InvalidDataException($"The weights have no {name}.");
}

/// <summary>Where the tensors lie.</summary>
internal sealed record WeightsIndex(int Heads, int Layers, IReadOnlyDictionary<string, TensorPlace> Tensors);

/// <summary>Where a tensor lies: its first number and its sizes.</summary>
internal sealed record TensorPlace(int Start, int[] Shape);

/// <summary>Reads indexes.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(WeightsIndex))]
internal sealed partial class WeightsJson : JsonSerializerContext;
