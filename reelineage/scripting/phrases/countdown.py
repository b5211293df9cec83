"""What a countdown says about one item. See the package for fields and rules."""

from reelineage.scripting.deck import Phrases

INTRO_FIRST = Phrases(
    any=(
        "We start at number {r}: {t}",
        "Number {r} opens the list: {t}",
        "First, number {r}: {t}",
        "In at number {r}, {t}",
        "Number {r} is {t}",
        "{By} opens at number {r} with {t}",
    ),
    lively=("Kicking off at number {r}: {t}", "Off we go: number {r} is {t}"),
    calm=("We begin with number {r}, {t}", "Let us begin at number {r}: {t}"),
    plain=("Number {r}: {t}",),
)
INTRO_NEXT = Phrases(
    any=(
        "At number {r}: {t}",
        "Number {r} goes to {t}",
        "Next comes number {r}: {t}",
        "One step up, number {r}: {t}",
        "Then {t}, at number {r}.",
        "Place {r} belongs to {t}",
        "{By} takes number {r} with {t}",
        "Number {r} comes from {by}: {t}",
        "Higher still, number {r}: {t}",
        "Now number {r}: {t}",
    ),
    lively=("Up to number {r}: {t}", "Number {r}, coming through: {t}", "Closer to the top, number {r}: {t}"),
    calm=("After that, number {r}: {t}", "Number {r} is held by {t}", "We move on to number {r}: {t}"),
    plain=("Rank {r}: {t}", "Number {r} is {t}", "In place {r}: {t}"),
)
INTRO_TOP = Phrases(
    any=(
        "And number one: {t}",
        "At the top: {t}",
        "Number one is {t}",
        "That leaves number one: {t}",
        "Ahead of them all: {t}",
        "{By} takes first place with {t}",
    ),
    lively=("And here it is, number one: {t}", "Top of the list: {t}"),
    calm=("And finally, number one: {t}", "First place goes to {t}"),
    plain=("Number one: {t}", "First: {t}"),
)
INTRO_ONLY = Phrases(
    any=("It is {t}", "It is called {t}", "{By} published it: {t}"),
    lively=("Here it is: {t}",),
    calm=("Its title is {t}",),
    plain=("Title: {t}",),
)
INTRO_UNCOUNTED_FIRST = Phrases(
    any=("There is {t}", "Here is {t}", "It starts with {t}", "First, {t}", "To begin with, {t}")
)
INTRO_UNCOUNTED = Phrases(
    any=(
        "Then there is {t}",
        "Also here: {t}",
        "{By} brings {t}",
        "From {by}: {t}",
        "Another one: {t}",
        "Next on the list, {t}",
        "Worth a look: {t}",
        "The list goes on with {t}",
        "And then {t}",
        "One more: {t}",
    )
)
PACE = Phrases(
    any=(
        "It gathers {v} {rs} an hour.",
        "That is {v} {rs} every hour.",
        "Its pace: {v} {rs} an hour.",
        "It averages {v} {rs} an hour.",
        "On average, {v} {rs} an hour.",
        "Per hour, it draws {v} {rs}.",
        "{V} {rs} an hour, on average.",
        "It earns {v} {rs} an hour.",
        "Hour after hour: {v} {rs}.",
        "The count: {v} {rs} an hour.",
    ),
    lively=("It pulls in {v} {rs} an hour!", "It is running at {v} {rs} an hour.", "Clocked at {v} {rs} an hour!"),
    calm=("Hour by hour, it receives {v} {rs}.", "It has been drawing {v} {rs} an hour."),
    plain=("{V} {rs} per hour.", "Rate: {v} {rs} per hour.", "It has {v} {rs} per hour."),
)
REACH = Phrases(
    any=(
        "It reached {views} in {age}.",
        "{Views} in {age}.",
        "In {age}, it was seen {times}.",
        "After {age}, it stands at {views}.",
        "It has {views}, {age} after publishing.",
        "It took {age} to get to {views}.",
        "So far, {views} in {age}.",
        "It has been up for {age} and seen {times}.",
        "{Views} since it went up {age} earlier.",
        "Seen {times} in its first {age}.",
    ),
    lively=("Just {fresh} old, and already {views}!", "Look at this: {views} in {age}."),
    calm=("Over {age}, it has gathered {views}.",),
    plain=("Views after {age}: {count}.",),
)
VIEWS_ONLY = Phrases(
    any=(
        "It has {views}.",
        "So far, it has {views}.",
        "It stands at {views}.",
        "The count is at {views}.",
        "People have seen it {times}.",
        "It was watched {times}.",
        "{Views} to date.",
        "It counts {views}.",
        "{Views} so far.",
    )
)
AGE_ONLY = Phrases(
    any=(
        "It is {age} old.",
        "It went up {age} before this list was made.",
        "Published {age} before the list was closed.",
        "It has been up for {age}.",
        "It was {age} old when we looked.",
        "Its age: {age}.",
        "It came out {age} earlier.",
        "Out for {age}.",
    )
)
RESPONSE = Phrases(
    any=(
        "For every hundred views there are {per} {prs}.",
        "That makes {per} {prs} for every hundred views.",
        "Per hundred views, it gets {per} {prs}.",
        "Out of a hundred views come {per} {prs}.",
        "A hundred views bring it {per} {prs}.",
        "The response: {per} {prs} per hundred views.",
        "It turns a hundred views into {per} {prs}.",
        "Each hundred views leads to {per} {prs}.",
    )
)
AHEAD = Phrases(
    any=(
        "That is {ratio} the pace of number {below}.",
        "Number {below} has less than {part} of that pace.",
        "Compared with number {below}, it runs at {ratio} the pace.",
        "Against number {below}, that is {ratio} as fast.",
    )
)
GROWTH = Phrases(
    any=(
        "Between two looks it gained {g} {gv} an hour.",
        "And it is still growing, by {g} {gv} an hour.",
        "Between our counts, each hour added {g} {gv}.",
        "Its view count grew by {g} an hour while we watched.",
        "From one count to the next, it gained {g} {gv} an hour.",
        "Views were still climbing, by {g} an hour.",
        "Growth between counts: {g} {gv} an hour.",
        "While we counted, it added {g} {gv} an hour.",
    )
)
LENGTH = Phrases(
    any=(
        "It runs for {length}.",
        "All of it in {length}.",
        "It takes {length} to watch.",
        "Length: {length}.",
        "The whole {what} lasts {length}.",
        "{Length}, start to finish.",
        "It is over in {length}.",
        "And it needs {length}.",
    )
)
OF_TOPIC = Phrases(
    any=(
        "It belongs to a larger group: {topic}.",
        "Its topic: {topic}.",
        "It is part of {topic}, with {members} {whats} in this count.",
        "It sits among {members} {whats} on {topic}.",
        "Filed under {topic}.",
        "It is one of {members} {whats} about {topic}.",
        "The topic here is {topic}.",
        "{Topic} is where it belongs.",
    )
)
# Why it may work, by the form of its title; true of the title itself.
TITLE_FORM = {
    "question": Phrases(
        any=(
            "Its title asks a question.",
            "There is a question in the title.",
            "A question in the title does the inviting.",
            "Note the question in its title.",
            "The hook is a question.",
            "The title invites with a question.",
        )
    ),
    "number": Phrases(
        any=(
            "Its title has a number in it.",
            "There is a number in the title.",
            "Note the number in its title.",
            "The title works with a number.",
            "A number in the title makes it concrete.",
        )
    ),
    "list": Phrases(
        any=(
            "Its title promises a list.",
            "The format is a list.",
            "The hook is a list.",
            "Its title counts things up.",
            "A list in the title says what to expect.",
            "Note the list in its title.",
        )
    ),
    "how_to": Phrases(
        any=(
            "Its title promises a how-to.",
            "The title says what you will learn.",
            "The hook is a how-to.",
            "It offers to teach something.",
            "The promise: something to learn.",
        )
    ),
    "story": Phrases(
        any=(
            "Its title tells a story in the first person.",
            "The hook is a personal story.",
            "Someone tells their own story here.",
            "The title says I, and that makes it a story.",
        )
    ),
    "reveal": Phrases(
        any=(
            "Its title promises to reveal something.",
            "The hook is a look behind the curtain.",
            "The title makes you want to know.",
            "The promise: an explanation.",
        )
    ),
    "versus": Phrases(
        any=(
            "Its title sets two things against each other.",
            "The hook is a duel.",
            "The title asks you to pick a side.",
        )
    ),
    "reaction": Phrases(any=("Its title promises a reaction.", "The hook is a reaction.", "It shows a reaction.")),
    "release": Phrases(
        any=(
            "Its title announces a release.",
            "The news: something has been released.",
            "The hook is the release itself.",
        )
    ),
}
FIGURE_CAPTION = "reactions per hour"
# Said for a title that an English voice cannot say; the picture shows the title itself.
UNSPEAKABLE = Phrases(
    any=(
        "a {what} by {by}",
        "a {what} with a title we can only show",
        "a {what} you can see on screen",
        "this {what}",
        "the one on screen",
        "a {what} titled in signs",
        "the {what} shown here",
        "one best read on screen",
        "this one on screen",
    )
)
