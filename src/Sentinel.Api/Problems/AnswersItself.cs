namespace Sentinel.Api.Problems;

/// <summary>Marks endpoints whose every answer is whole, errors included: nothing has to look at it afterwards.</summary>
internal sealed class AnswersItself
{
    private AnswersItself()
    {
    }

    public static AnswersItself Mark { get; } = new();
}
