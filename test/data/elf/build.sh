#!/bin/sh
# Builds the ELF files that test/unit/symbols reads, and what binutils and LLVM say of them, to compare with.
# Needs gcc-aarch64-linux-gnu and llvm.
set -e
cd "$(dirname "$0")"

build() {
  name=$1
  shift
  (
    cd source
    # One by one: gcc's own temporary names would be in the symbols, another one each time.
    for source in main.c queue/queue.c vectors/entry.S; do
      aarch64-linux-gnu-gcc -ffreestanding -fno-pic -mgeneral-regs-only -fno-stack-protector -ffunction-sections \
        -ffile-prefix-map="$PWD=/project" "$@" -c -o "$(basename "${source%.*}").o" "$source"
    done
    aarch64-linux-gnu-gcc -nostdlib -static "$@" -o "../$name.elf" main.o queue.o entry.o -Wl,--build-id=none \
      -Wl,-Tlink.ld -Wl,-z,max-page-size=4096 -Wl,--gc-sections,--no-warn-rwx-segments
    rm -f ./*.dwo ./*.o
  )
  chmod -x "$name.elf"
  describe "$name" "$name.elf"
}

describe() {
  name=$1
  file=$2
  # Rows: address, file's name, line, and "stmt" where one begins. "-": the end of a sequence.
  aarch64-linux-gnu-objdump --dwarf=decodedline "$file" |
    awk '$3 ~ /^(0x[0-9a-f]+|0)$/ { print $3, $1, $2, ($NF == "x" ? "stmt" : "") }' | sed 's/ *$//' >"$name.lines.txt"
  # Symbols: address, size, kind, name.
  aarch64-linux-gnu-nm -n -S "$file" >"$name.symbols.txt"
  # Where an instruction's functions and lines differ from the one before: inlined functions first.
  aarch64-linux-gnu-objdump -d "$file" | grep -v "\.word\|udf" | sed -n 's/^ *\([0-9a-f]*\):\t.*/0x\1/p' |
    llvm-addr2line -a -f -i -e "$file" | sed 's/ (discriminator [0-9]*)//; s,^\(\./\)*,,' |
    awk '/^0x/ { if (text != last) print at text; last = text; at = $1; text = ""; next }
         { text = text (++n % 2 ? " " $0 : "@" $0) }
         END { if (text != last) print at text }' >"$name.addresses.txt"
  # Call frame information, interpreted.
  aarch64-linux-gnu-readelf --debug-dump=frames-interp "$file" | grep -v '^ *$' >"$name.frames.txt" || true
}

build v4-o2 -gdwarf-4 -O2
build v5-o2 -gdwarf-5 -O2 -fno-asynchronous-unwind-tables -fno-unwind-tables
build v5-o0 -gdwarf-5 -O0
build v5-gz -gdwarf-5 -O1 -gz=zlib -mbranch-protection=pac-ret
build v4-zdebug -gdwarf-4 -O1 -gz=zlib-gnu
build v5-dwarf64 -gdwarf-5 -gdwarf64 -O2 -fdebug-types-section
build v3-o1 -gdwarf-3 -O1 -fomit-frame-pointer
build split -gdwarf-5 -gsplit-dwarf -O1
llc -O2 -filetype=obj -function-sections -o llvm.o source/llvm.ll
aarch64-linux-gnu-ld --build-id=none -z max-page-size=4096 --no-warn-rwx-segments -Tsource/link.ld -e both -o llvm.elf llvm.o
rm llvm.o
chmod -x llvm.elf
describe llvm llvm.elf
describe guest guest.elf
# Split units' inlined functions are elsewhere.
rm split.addresses.txt
find . -name '*.txt' -empty -delete
