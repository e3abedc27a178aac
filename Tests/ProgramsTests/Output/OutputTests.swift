import Programs
import TestSupport
import Testing

@Suite struct TextTableTests {
  @Test func alignsTextsLeftAndNumbersRight() {
    var table = TextTable([.text("model"), .number("ELBO"), .text("note")])
    table.add("diagonal", decimal(-96.974, places: 2), "")
    table.add("é", decimal(3, places: 2), "best")
    #expect(
      table.description == """
        model       ELBO  note
        --------  ------  ----
        diagonal  -96.97
        é           3.00  best
        """)
  }

  @Test func withoutRowsItShowsItsHeadings() {
    #expect(TextTable([.text("a"), .number("b")]).description == "a  b\n-  -")
  }

  @Test func rowsOfAnotherLengthStop() async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        var table = TextTable([.text("a"), .number("b")])
        table.add("1")
      }, "a row of 1 cells in a table of 2 columns")
  }
}

@Suite struct MarkdownTableTests {
  @Test func padsColumnsAndEscapesTheirSeparator() {
    var table = TextTable([.text("model"), .number("LL")])
    table.add("VAE", "−87.30 ± 0.04")
    table.add("a|b", "–")
    #expect(
      table.markdown == #"""
        | model |            LL |
        | ----- | ------------: |
        | VAE   | −87.30 ± 0.04 |
        | a\|b  |             – |
        """#)
  }

  @Test func hasARuleWithoutRows() {
    #expect(TextTable([.text("a"), .number("b")]).markdown == "| a   |   b |\n| --- | --: |")
  }
}
