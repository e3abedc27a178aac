import Foundation

/// Files written by Python's `safetensors` with `Tests/References/safetensors_reference.py`.
enum SafetensorsReference {
  /// Fifteen arrays and metadata, as `safetensors.numpy.save` writes them.
  static let full = bytes(
    """
    yAMAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJlcG9jaCI6IjMiLCJub3RlIjoibmHDr3ZlIOKAnHF1b3Rlc+KAnSBcIiBc
    XCBcbiDwnYSeIn0sInU2NCI6eyJkdHlwZSI6IlU2NCIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzAsMTZdfSwi
    aTY0Ijp7ImR0eXBlIjoiSTY0Iiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbMTYsMzJdfSwiZG91YmxlIjp7ImR0
    eXBlIjoiRjY0Iiwic2hhcGUiOlsyLDFdLCJkYXRhX29mZnNldHMiOlszMiw0OF19LCJzY2FsYXIiOnsiZHR5cGUiOiJG
    NjQiLCJzaGFwZSI6W10sImRhdGFfb2Zmc2V0cyI6WzQ4LDU2XX0sImVtcHR5Ijp7ImR0eXBlIjoiRjMyIiwic2hhcGUi
    OlswLDRdLCJkYXRhX29mZnNldHMiOls1Niw1Nl19LCJncsO2w59lIFwiMVwiXG4iOnsiZHR5cGUiOiJGMzIiLCJzaGFw
    ZSI6WzFdLCJkYXRhX29mZnNldHMiOls1Niw2MF19LCJ3ZWlnaHQiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsM10s
    ImRhdGFfb2Zmc2V0cyI6WzYwLDg0XX0sInUzMiI6eyJkdHlwZSI6IlUzMiIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0
    cyI6Wzg0LDkyXX0sImkzMiI6eyJkdHlwZSI6IkkzMiIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzkyLDEwMF19
    LCJoYWxmIjp7ImR0eXBlIjoiRjE2Iiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbMTAwLDEwNl19LCJ1MTYiOnsi
    ZHR5cGUiOiJVMTYiLCJzaGFwZSI6WzJdLCJkYXRhX29mZnNldHMiOlsxMDYsMTEwXX0sImkxNiI6eyJkdHlwZSI6Ikkx
    NiIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzExMCwxMTRdfSwiaTgiOnsiZHR5cGUiOiJJOCIsInNoYXBlIjpb
    M10sImRhdGFfb2Zmc2V0cyI6WzExNCwxMTddfSwidTgiOnsiZHR5cGUiOiJVOCIsInNoYXBlIjpbM10sImRhdGFfb2Zm
    c2V0cyI6WzExNywxMjBdfSwiZmxhZ3MiOnsiZHR5cGUiOiJCT09MIiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpb
    MTIwLDEyM119fQEAAAAAAAAA//////////8AAAAAAAAAgP////////9/mpmZmZmZuT9Z8/jCH26lAQAAAAAAAARAAADg
    QAAAwD8AABDAAABAQM3MzD0AAIB/AAAAgAEAAAD/////AAAAgP///38AOADA/3sBAP//AID/f4AAfwAB/wEAAQ==
    """)

  /// The same arrays. The header's names and fields are in another order, with escapes and
  /// indentation.
  static let reordered = bytes(
    """
    CAYAAAAAAAB7CiAiZmxhZ3MiOiB7CiAgImRhdGFfb2Zmc2V0cyI6IFsKICAgMTIwLAogICAxMjMKICBdLAogICJzaGFw
    ZSI6IFsKICAgMwogIF0sCiAgImR0eXBlIjogIkJPT0wiCiB9LAogInU4IjogewogICJkYXRhX29mZnNldHMiOiBbCiAg
    IDExNywKICAgMTIwCiAgXSwKICAic2hhcGUiOiBbCiAgIDMKICBdLAogICJkdHlwZSI6ICJVOCIKIH0sCiAiaTgiOiB7
    CiAgImRhdGFfb2Zmc2V0cyI6IFsKICAgMTE0LAogICAxMTcKICBdLAogICJzaGFwZSI6IFsKICAgMwogIF0sCiAgImR0
    eXBlIjogIkk4IgogfSwKICJpMTYiOiB7CiAgImRhdGFfb2Zmc2V0cyI6IFsKICAgMTEwLAogICAxMTQKICBdLAogICJz
    aGFwZSI6IFsKICAgMgogIF0sCiAgImR0eXBlIjogIkkxNiIKIH0sCiAidTE2IjogewogICJkYXRhX29mZnNldHMiOiBb
    CiAgIDEwNiwKICAgMTEwCiAgXSwKICAic2hhcGUiOiBbCiAgIDIKICBdLAogICJkdHlwZSI6ICJVMTYiCiB9LAogImhh
    bGYiOiB7CiAgImRhdGFfb2Zmc2V0cyI6IFsKICAgMTAwLAogICAxMDYKICBdLAogICJzaGFwZSI6IFsKICAgMwogIF0s
    CiAgImR0eXBlIjogIkYxNiIKIH0sCiAiaTMyIjogewogICJkYXRhX29mZnNldHMiOiBbCiAgIDkyLAogICAxMDAKICBd
    LAogICJzaGFwZSI6IFsKICAgMgogIF0sCiAgImR0eXBlIjogIkkzMiIKIH0sCiAidTMyIjogewogICJkYXRhX29mZnNl
    dHMiOiBbCiAgIDg0LAogICA5MgogIF0sCiAgInNoYXBlIjogWwogICAyCiAgXSwKICAiZHR5cGUiOiAiVTMyIgogfSwK
    ICJ3ZWlnaHQiOiB7CiAgImRhdGFfb2Zmc2V0cyI6IFsKICAgNjAsCiAgIDg0CiAgXSwKICAic2hhcGUiOiBbCiAgIDIs
    CiAgIDMKICBdLAogICJkdHlwZSI6ICJGMzIiCiB9LAogImdyXHUwMGY2XHUwMGRmZSBcIjFcIlxuIjogewogICJkYXRh
    X29mZnNldHMiOiBbCiAgIDU2LAogICA2MAogIF0sCiAgInNoYXBlIjogWwogICAxCiAgXSwKICAiZHR5cGUiOiAiRjMy
    IgogfSwKICJlbXB0eSI6IHsKICAiZGF0YV9vZmZzZXRzIjogWwogICA1NiwKICAgNTYKICBdLAogICJzaGFwZSI6IFsK
    ICAgMCwKICAgNAogIF0sCiAgImR0eXBlIjogIkYzMiIKIH0sCiAic2NhbGFyIjogewogICJkYXRhX29mZnNldHMiOiBb
    CiAgIDQ4LAogICA1NgogIF0sCiAgInNoYXBlIjogW10sCiAgImR0eXBlIjogIkY2NCIKIH0sCiAiZG91YmxlIjogewog
    ICJkYXRhX29mZnNldHMiOiBbCiAgIDMyLAogICA0OAogIF0sCiAgInNoYXBlIjogWwogICAyLAogICAxCiAgXSwKICAi
    ZHR5cGUiOiAiRjY0IgogfSwKICJpNjQiOiB7CiAgImRhdGFfb2Zmc2V0cyI6IFsKICAgMTYsCiAgIDMyCiAgXSwKICAi
    c2hhcGUiOiBbCiAgIDIKICBdLAogICJkdHlwZSI6ICJJNjQiCiB9LAogInU2NCI6IHsKICAiZGF0YV9vZmZzZXRzIjog
    WwogICAwLAogICAxNgogIF0sCiAgInNoYXBlIjogWwogICAyCiAgXSwKICAiZHR5cGUiOiAiVTY0IgogfSwKICJfX21l
    dGFkYXRhX18iOiB7CiAgImVwb2NoIjogIjMiLAogICJub3RlIjogIm5hXHUwMGVmdmUgXHUyMDFjcXVvdGVzXHUyMDFk
    IFwiIFxcIFxuIFx1ZDgzNFx1ZGQxZSIKIH0KfSAgICAgIAEAAAAAAAAA//////////8AAAAAAAAAgP////////9/mpmZ
    mZmZuT9Z8/jCH26lAQAAAAAAAARAAADgQAAAwD8AABDAAABAQM3MzD0AAIB/AAAAgAEAAAD/////AAAAgP///38AOADA
    /3sBAP//AID/f4AAfwAB/wEAAQ==
    """)

  /// A file without arrays.
  static let empty = bytes(
    """
    CAAAAAAAAAB7fSAgICAgIA==
    """)

  private static func bytes(_ base64: String) -> [UInt8] {
    [UInt8](Data(base64Encoded: base64, options: .ignoreUnknownCharacters)!)
  }

  static let metadata = ["epoch": "3", "note": "naïve “quotes” \" \\ \n 𝄞"]
}
