"""What a product story adds to the theme's own sentences. Fields: {product} with its article, {p} `three things`.

{is}, {does} and the {s} of a verb follow the product's number; a plural product has no {s}.
"""

from reelineage.scripting.deck import Phrases

STORY_HOOKS = {
    "question": Phrases(
        any=(
            "Have you thought about {product}?",
            "What could {product} change for you?",
            "{Is} {product} something for {audience}?",
            "Why {product}?",
        ),
        lively=("Ready to meet {product}?",),
        calm=("What {is} {product} good for?",),
        plain=("What {does} {product} do?",),
    ),
    "number": Phrases(
        any=(
            "{P} about {product}.",
            "{Product}, in {p}.",
            "{P} to know about {product}.",
        ),
        lively=("{P} about {product}, coming up!",),
        calm=("Let us go through {p} about {product}.",),
        plain=("{Product}: {p}.",),
    ),
    "how_to": Phrases(
        any=(
            "Here is how {product} help{s}.",
            "How {product} work{s}, in short.",
            "Let us look at {product}.",
            "A first look at {product}.",
        ),
        lively=("Watch how {product} {does} it!",),
        calm=("This is how {product} {does} it.",),
        plain=("How {product} work{s}.",),
    ),
    "claim": Phrases(
        any=(
            "{Product} {is} worth a closer look.",
            "This is about {product}.",
            "Meet {product}.",
        ),
        lively=("Say hello to {product}!",),
        calm=("Let us talk about {product}.",),
        plain=("{Product}, explained.",),
    ),
    "story": Phrases(
        any=(
            "It starts with a small annoyance, and ends with {product}.",
            "First came a problem, then {product}.",
            "This is the story of {product}.",
        )
    ),
}
STORY_HEADLINES = Phrases(any=("{Product}", "Meet {product}", "Why {product}?", "About {product}"))
STORY_FOR = Phrases(
    any=("This is for {audience}.", "Made for {audience}.", "With {audience} in mind."),
    lively=("Yes, {audience}, this one is for you!",),
    calm=("It is meant for {audience}.",),
    plain=("For {audience}.",),
)
PROBLEM_LEAD = Phrases(
    any=("Here is the problem.", "You may know this one.", "Think of how it usually goes."),
    lively=("Sound familiar?", "We have all been there."),
    calm=("It often goes like this.",),
    plain=("The problem:",),
)
PROBLEM_KICKER = Phrases(any=("The problem", "How it goes", "The old way"))
POINTS_LEAD = Phrases(
    any=(
        "There is another way: {product}.",
        "This is where {product} come{s} in.",
        "{Product} {does} it differently.",
        "Enter {product}.",
    ),
    lively=("Here come{s} {product}!",),
    calm=("Now take {product}.",),
    plain=("The answer: {product}.",),
)
POINT_NEXT = Phrases(
    any=("And there is more.", "Also good to know.", "And another thing.", "Then this."),
    lively=("Now this one.",),
    calm=("There is a little more to it.",),
    plain=("In addition:",),
)
PROOF_LEAD = Phrases(
    any=("Does it hold up?", "How do we know?", "And in practice?", "What speaks for it?"),
    lively=("Want proof?",),
    calm=("It has been tried.",),
    plain=("The proof:",),
)
PROOF_KICKER = Phrases(any=("In practice", "Tried", "Why believe it"))
STORY_TREND = Phrases(
    any=(
        "For scale: {whats} on {topic} draw {v} {rs} an hour.",
        "In the trends we measured, {whats} on {topic} draw {v} {rs} an hour.",
        "The topic {topic} draws {v} {rs} an hour in the trends we measured.",
    )
)
STORY_OUTRO = Phrases(
    any=("So that is {product}.", "That is {product} in short.", "Now you know {product}."),
    lively=("And that is {product}!",),
    calm=("That, in short, is {product}.",),
    plain=("That was {product}.",),
)
STORY_TITLES = Phrases(any=("{Product}: {first}", "{name}: {product}", "{Product}, in short", "Meet {product}"))
STORY_ORIGIN = "The form of the opening follows what works in the trends. {line}."
