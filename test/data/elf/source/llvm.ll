; What clang -gdwarf-5 makes of:
;   1 int twice(int a) {
;   2   return a + a;
;   3 }
;   4 static inline int thrice(int a) { return a * 3; }
;   5 int both(int a) {
;   6   return twice(a) + thrice(a);
;   7 }
; LLVM writes strings, addresses and ranges as indices into tables, and marks the ends of prologues.
target triple = "aarch64-none-elf"

define i32 @twice(i32 %a) noinline "frame-pointer"="all" !dbg !10 {
  %b = add i32 %a, %a, !dbg !11
  ret i32 %b, !dbg !12
}

define i32 @both(i32 %a) "frame-pointer"="all" !dbg !20 {
  %b = call i32 @twice(i32 %a), !dbg !21
  %c = mul i32 %a, 3, !dbg !22
  %d = add i32 %b, %c, !dbg !23
  ret i32 %d, !dbg !24
}

!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2, !3}
!0 = distinct !DICompileUnit(language: DW_LANG_C99, file: !1, producer: "clang", isOptimized: true, emissionKind: FullDebug)
!1 = !DIFile(filename: "llvm/both.c", directory: "/project", checksumkind: CSK_MD5, checksum: "0123456789abcdef0123456789abcdef")
!2 = !{i32 7, !"Dwarf Version", i32 5}
!3 = !{i32 2, !"Debug Info Version", i32 3}
!4 = !DISubroutineType(types: !5)
!5 = !{!6, !6}
!6 = !DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)
!10 = distinct !DISubprogram(name: "twice", scope: !1, file: !1, line: 1, type: !4, scopeLine: 1, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !0)
!11 = !DILocation(line: 2, column: 12, scope: !10)
!12 = !DILocation(line: 2, column: 3, scope: !10)
!20 = distinct !DISubprogram(name: "both", scope: !1, file: !1, line: 5, type: !4, scopeLine: 5, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !0)
!21 = !DILocation(line: 6, column: 10, scope: !20)
!22 = !DILocation(line: 4, column: 44, scope: !25, inlinedAt: !26)
!23 = !DILocation(line: 6, column: 19, scope: !20)
!24 = !DILocation(line: 6, column: 3, scope: !20)
!25 = distinct !DISubprogram(name: "thrice", scope: !1, file: !1, line: 4, type: !4, scopeLine: 4, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !0)
!26 = distinct !DILocation(line: 6, column: 21, scope: !20)
