namespace Sentinel.Testing;

/// <summary>Spoils messages as an attacker would who tries what breaks a reader.</summary>
public static class ByteMutator
{
    private const int MutationsMax = 6;

    /// <summary>A copy with up to five places changed, left out, doubled or put in; often none.</summary>
    public static byte[] Mutate(Random random, byte[] body)
    {
        ArgumentNullException.ThrowIfNull(random);
        var bytes = body.ToList();
        for (var left = random.Next(MutationsMax); left > 0 && bytes.Count > 0; left--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 33), bytes.Count - at)));
                    break;
                default:
                    bytes.Insert(at, "\"\\{}[]:,\0\x7f"u8[random.Next(10)]);
                    break;
            }
        }

        return [.. bytes];
    }
}
