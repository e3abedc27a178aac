import Foundation
import Programs
import TestSupport
import Testing

@Suite struct JSONLinesTests {
  @Test func keepsTheOrderOfItsKeys() {
    let peers: [String]? = nil
    let line = jsonLine([
      "structure": "chain", "k": 4096, "ns_per_element": 1.23456789, "from": "L",
      "gradient": true, "peers": peers, "losses": [1.5, .nan],
    ])
    #expect(
      line == """
        {"structure": "chain", "k": 4096, "ns_per_element": 1.23457, "from": "L", \
        "gradient": true, "peers": null, "losses": [1.5, null]}
        """)
  }

  @Test(arguments: [
    (0.0, "0"), (-0.0, "0"), (1.0, "1"), (-96.97, "-96.97"), (1.0 / 3, "0.333333"),
    (123_456.789, "123457"), (1_234_567_890, "1234567890"), (1e-9, "1e-09"), (1e300, "1e+300"),
    (.nan, "null"), (.infinity, "null"), (-.infinity, "null"), (0.1 + 0.2, "0.3"),
  ])
  func roundsNumbers(value: Double, text: String) {
    #expect(value.json == text)
  }

  @Test func roundsFloatsWithoutTheDigitsOfTheirConversion() {
    #expect(Float(0.1).json == "0.1")
    #expect(Float.nan.json == "null")
  }

  @Test func isReadBackByAnotherParser() throws {
    let text = "a \"quoted\" \\ path\n\t\u{1}é 🙂"
    let line = jsonLine(["text": text, text: 1e-9, "big": 1e300, "count": Int.max])
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
    let fields = try #require(object as? [String: Any])
    #expect(fields["text"] as? String == text)
    #expect(fields[text] as? Double == 1e-9)
    #expect(fields["big"] as? Double == 1e300)
    #expect(fields["count"] as? Int == Int.max)
    #expect(!line.contains("\n"))
  }

  @Test func linesReachThePipeBeforeTheProcessEnds() async throws {
    let result = await #expect(
      processExitsWith: .exitCode(3), observing: [\.standardOutputContent]
    ) {
      emit(["peer": "ours", "k": 16])
      _exit(3)  // This exit does not flush buffers.
    }
    let text = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
    #expect(text.contains("{\"peer\": \"ours\", \"k\": 16}\n"))
  }
}

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
