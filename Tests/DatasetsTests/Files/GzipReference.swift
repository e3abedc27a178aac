import Foundation

/// Gzipped files from `Tests/References/gzip_reference.py`, with their contents.
enum GzipReference {
  static let all: [(packed: [UInt8], content: [UInt8])] = [
    stored, fixed, literals, runs, fields,
  ].map { (bytes($0), content) }

  private static let content =
    (0..<600).map { UInt8($0 * $0 % 251) }
    + Array(String(repeating: "abcabcabc", count: 40).utf8)

  private static let stored = """
    H4sIAIfWEgAA/wHAAz/8AAEECRAZJDFAUWR5kKnE4QUmSW6VvukbSnuu4x9Yk9AUVZjdKXK9D16vB1yzEWzJLY7xW8
    Iwmw187WXaVs9PzFDRWd5q84MVpDrNZwOcPNl9I8ZwHMV1J9aMRPm1czPwtHpCDNOhcUMX6MCadlQ0FvXbw62Zh3dp
    XVNLRUE/P0FFS1NdaXeHma3D2/UWNFR2msDoF0NxodMMQnq08DNztflEjNYndcUccMYjfdk8nANnzTqkFYPzat5Z0V
    DMT89W2mXtfA2bMMJb8Y4tyWwRs1wHr14PvXIp3ZhVFNCTWB/jrntKG+m+lW5JJgXhxKmQeWRRQDEkGRAJBAEAAQQJ
    EBkkMUBRZHmQqcThBSZJbpW+6RtKe67jH1iT0BRVmN0pcr0PXq8HXLMRbMktjvFbwjCbDXztZdpWz0/MUNFZ3mrzgx
    WkOs1nA5w82X0jxnAcxXUn1oxE+bVzM/C0ekIM06FxQxfowJp2VDQW9dvDrZmHd2ldU0tFQT8/QUVLU11pd4eZrcPb
    9RY0VHaawOgXQ3Gh0wxCerTwM3O1+USM1id1xRxwxiN92TycA2fNOqQVg/Nq3lnRUMxPz1baZe18DZswwlvxji3JbB
    GzXAevXg+9cindmFUU0JNYH+Oue0ob6b6VbkkmBeHEqZB5ZFFAMSQZEAkEAQABBAkQGSQxQFFkeZCpxOEFJklulb7p
    G0p7ruMfWJPQFFWY3SlyvQ9erwdcsxFsyS2O8VvCMJsNfO1l2lbPT8xQ0VneavODFaQ6zWcDnDzZfSPGcBzFdSfWjE
    T5tXMz8LR6YWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJj
    YWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYW
    JjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJj
    YWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYW
    JjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJj
    YWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJjTv7Qh8ADAAA=
    """

  private static let fixed = """
    H4sIAIfWEgAA/2NgZOEUkFQxdAhMqZyw8shDVjXPvKn7Xkp7Va97LB8x+YJI6Iy7mkV7+ePWs8dsFsw5qdv3MfqQwW
    zemrept8LO+58JuBh5L+tzs+gSq7PpzHNsbtYqHyuQOVqqfq3H5efWYuMPW6qceC4vLHQWf3FgVlmIidjX24fXzmwv
    z4wN9nZ1tLd3dPUOjs0sb5+59vDtr2ImIWWzDrwQdy5ceJnHqWrLB+PirT9deq6plx6VKTimXHvTZg5z+lmrJaLNn7
    PuRV4MOON/PuxW6tsa3tkGh6I/9umezBHcHMO+Po5/b5Hm3RmhIhcmR8g/XlftJf1y39Q8TzXWh0dWTqhMCXQwVJEU
    4GRhZBj1Ou28npiUPIrogABO/tCHwAMAAA==
    """

  private static let literals = """
    H4sIAIfWEgAA/wXBTSgzAAAG4E+jpcjUkCgHIge1xUnK/8EcENM0Vu/7bi1aiy3k7+TgIqml5ueidnHAgR1JbCs1bU
    utRtRy4bCy5OD2Pc+/ktJyU32LtW/CvbZ/FsuXtY74D26/GmwbFx9NjlDabA+/tQduqlyXxtmrat9jx17ReW85rtws
    eF6mU2PJ8czM+8LPdk2k+8lrOOnJbTUnFhvjy23Z3aG/aLDz+3p9oOL5dGmw7vPuaGWqq/b39eH8cGd1fm5ydLi/t7
    d/eHRybn515/D84fW3tmtq5ejus25w6fS5YmD9+rszGP0b2s22LccbFxPNW7meE4P3qTtSs/2z8D6TGU+OpaZfPIXN
    ymPLvbO41/Hoq76aNV66qm4C7W9huzkdcjR9XGzYGr5uD/wjrWX52Nn+mnuiz9pSbyovLflXUlpuqm+x9k241/bPYv
    my1hH/we1Xg23j4qPJEUqb7eG39sBNlevSOHtV7Xvs2Cs67y3HlZsFz8t0aiw5npl5X/jZrol0P3kNJz25rebEYmN8
    uS27O/QXDXZ+X68PVDyfLg3Wfd4drUx11f6+Ppwf7qzOz02ODvf39vYPj07Oza/uHJ4/vP7Wdk2tHN191g0unT5XDK
    xff3cGo39Du9m25XjjYqJ5K9dzYvA+dUdqtn8W3mcy48mx1PSLp7BZeWy5dxb3Oh591VezxktX1U2g/S1sN6dDjqaP
    iw1bw9ftgX+ktSwfO9tfc0/0WVvqTeWlJf9KSstN9S3Wvgn32v5ZLF/WOuI/uP1qsG1cfDQ5QmmzPfzWHripcl0aZ6
    +qfY8de0XnveW4crPgeZlOjSXHMzPvCz/bNZHuJ6/hpCe31ZxYbIwvt2V3h/6iwc7v63VQoECBAgUKFChQoECBAgUK
    FChQoECBAgUKFChQoECBAgUKFChQoECBAgUKFChQoECBAgUKFChQoECBAgUKFChQoECBAgUKFChQoECBAgUKFChQoE
    CBAgUKFChQoECBAgUKFChQoECBAgUKFChQoECBAgUKFChQoECBAgUKFChQoECBAgUKFKj/Tv7Qh8ADAAA=
    """

  private static let runs = """
    H4sIAIfWEgAA/wXBTSgzAAAG4E+jpcjUkCgHIge1xUnK/8EcENM0Vu/7bi1aiy3k7+TgIqml5ueidnHAgR1JbCs1bU
    utRtRy4bCy5OD2Pc+/ktJyU32LtW/CvbZ/FsuXtY74D26/GmwbFx9NjlDabA+/tQduqlyXxtmrat9jx17ReW85rtws
    eF6mU2PJ8czM+8LPdk2k+8lrOOnJbTUnFhvjy23Z3aG/aLDz+3p9oOL5dGmw7vPuaGWqq/b39eH8cGd1fm5ydLi/t7
    d/eHRybn515/D84fW3tmtq5ejus25w6fS5YmD9+rszGP0b2s22LccbFxPNW7meE4P3qTtSs/2z8D6TGU+OpaZfPIXN
    ymPLvbO41/Hoq76aNV66qm4C7W9huzkdcjR9XGzYGr5uD/wjrWX52Nn+mnuiz9pSbyovLflXUlpuqm+x9k241/bPYv
    my1hH/we1Xg23j4qPJEUqb7eG39sBNlevSOHtV7Xvs2Cs67y3HlZsFz8t0aiw5npl5X/jZrol0P3kNJz25rebEYmN8
    uS27O/QXDXZ+X68PVDyfLg3Wfd4drUx11f6+Ppwf7qzOz02ODvf39vYPj07Oza/uHJ4/vP7Wdk2tHN191g0unT5XDK
    xff3cGo39Du9m25XjjYqJ5K9dzYvA+dUdqtn8W3mcy48mx1PSLp7BZeWy5dxb3Oh591VezxktX1U2g/S1sN6dDjqaP
    iw1bw9ftgX+ktSwfO9tfc0/0WVvqTeWlJf9KSstN9S3Wvgn32v5ZLF/WOuI/uP1qsG1cfDQ5QmmzPfzWHripcl0aZ6
    +qfY8de0XnveW4crPgeZlOjSXHMzPvCz/bNZHuJ6/hpCe31ZxYbIwvt2V3h/6iwc7v63VQoECBAgUKFChQoECBAgUK
    FChQoECBAgUKFChQoECBAgUKFChQoECBAgUKFChQoECBAgUKFChQoECBAgUKFChQoECBAgUKFChQoECBAgUKFChQoE
    CBAgUKFChQoECBAgUKFChQoECBAgUKFChQoECBAgUKFChQoECBAgUKFChQoECBAgUKFKj/Tv7Qh8ADAAA=
    """

  private static let fields = """
    H4sIH4fWEgAA/wUAZXh0cmFuYW1lAGNvbW1lbnQAeLVjYGThFJBUMXQITKmcsPLIQ1Y1z7yp+15Ke1WveywfMfmCSO
    iMu5pFe/nj1rPHbBbMOanb9zH6kMFs3pq3qbfCzvufCbgYeS/rc7PoEquz6cxzbG7WKh8rkDlaqn6tx+Xn1mLjD1uq
    nHguLyx0Fn9xYFZZiInY19uH185sL8+MDfZ2dbS3d3T1Do7NLG+fufbw7a9iJiFlsw68EHcuXHiZx6lqywfj4q0/XX
    quqZcelSk4plx702YOc/pZqyWizZ+z7kVeDDjjfz7sVurbGt7ZBoeiP/bpnswR3BzDvj6Of2+R5t0ZoSIXJkfIP15X
    7SX9ct/UPE811odHVk6oTAl0MFSRFOBkYWQY9TrtvJ6YlDyK6IAATv7Qh8ADAAA=
    """

  private static func bytes(_ base64: String) -> [UInt8] {
    [UInt8](Data(base64Encoded: base64, options: .ignoreUnknownCharacters)!)
  }
}
