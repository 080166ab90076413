import COpenBLAS
import Kernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("Contractions")
struct ContractionTests {
  static let shapes = [
    (1, 1), (2, 3), (3, 7), (4, 8), (5, 9), (7, 32), (8, 33), (16, 16), (31, 41), (64, 100),
    (127, 127), (128, 128), (200, 129), (1, 500), (500, 1), (300, 300),
  ]

  @Test("a dot product is right at every length and the same at every alignment")
  func dot() {
    for count in 0..<70 {
      let x = uniforms(count + 8, from: -1, to: 1)
      let y = uniforms(count + 8, from: -1, to: 1, index: 1)
      let exact = zip(x, y).prefix(count).map(*).reduce(0, +)
      let got = Contraction.dot(x, y, count: count)
      #expect(abs(got - exact) <= 1e-15 * Double(count))
      for start in 1..<8 {
        var moved = [Double](repeating: 0, count: count + 16)
        for i in 0..<count { moved[start + i] = x[i] }
        let again = moved.withUnsafeBufferPointer {
          $0.baseAddress.map { Contraction.dot($0 + start, y, count: count) }
        }
        #expect(again == got)
      }
    }
  }

  @Test("a sum is the dot product with ones")
  func sum() {
    for count in 0..<40 {
      let x = uniforms(count, from: -1, to: 1)
      let ones = [Double](repeating: 1, count: count)
      #expect(Contraction.sum(x, count: count) == Contraction.dot(x, ones, count: count))
    }
  }

  @Test("adding a multiple touches only its entries")
  func addScaled() {
    let x = uniforms(20)
    var y = uniforms(20, index: 1)
    let before = y
    Contraction.addScaled(-2, x, to: &y, count: 13)
    for i in 0..<20 { #expect(y[i] == (i < 13 ? before[i] + -2 * x[i] : before[i])) }
  }

  @Test("OpenBLAS is for matrices of 128 rows and columns and more")
  func rule() {
    #expect(Contraction.usesBLAS(rows: 128, columns: 128))
    #expect(!Contraction.usesBLAS(rows: 127, columns: 4000))
    #expect(!Contraction.usesBLAS(rows: 4000, columns: 127))
    #expect(!Contraction.usesBLAS(rows: Int(Int32.max) + 1, columns: 128))
  }

  @Test("a transposed matrix times a vector agrees with plain sums", arguments: shapes)
  func transposedMatrixVector(rows: Int, columns: Int) {
    let m = uniforms(rows * columns, from: 0.1, to: 1)
    let x = uniforms(rows, from: 0.1, to: 1, index: 1)
    var y = [Double](repeating: .nan, count: columns)
    Contraction.transposedMatrixVector(m, rows: rows, columns: columns, x, into: &y)
    for column in 0..<columns {
      let plain = (0..<rows).reduce(0.0) { $0 + m[$1 * columns + column] * x[$1] }
      #expect(abs(y[column] - plain) <= 1e-12 * plain, "\(y[column]), expected \(plain)")
      if !Contraction.usesBLAS(rows: rows, columns: columns) {
        #expect(y[column] == plain, "column \(column)")
      }
    }
  }

  @Test("the BLAS that is called is OpenBLAS, on one thread")
  func openBLAS() throws {
    var y = [Double](repeating: 0, count: 128)
    let m = uniforms(128 * 128)
    Contraction.transposedMatrixVector(m, rows: 128, columns: 128, m, into: &y)
    #expect(openblas_get_num_threads() == 1)

    let program = try #require(dlopen(nil, RTLD_NOW))
    let address = try #require(dlsym(program, "cblas_dgemv"))
    // The C library's Swift module lacks dladdr; it fills in four pointers, the file's name first.
    typealias Locate = @convention(c) (UnsafeRawPointer, UnsafeMutableRawPointer) -> Int32
    let locate = unsafeBitCast(try #require(dlsym(program, "dladdr")), to: Locate.self)
    var place: [UnsafePointer<CChar>?] = [nil, nil, nil, nil]
    try #require(locate(address, &place) != 0)
    let path = String(cString: try #require(place[0]))
    #expect(path.contains("openblas"), "\(path)")
  }
}
