"""The Unicorn side of the comparison of CPU cores (case.ts says what a case is, wire.ts what travels here).

Reads batches of cases from standard input and answers on standard output until it ends. One emulator serves all cases:
the model is "max", the only one of Unicorn's that has FEAT_LSE; what it has beyond the simulated core is
sorted out by outside.ts. State is written and read by one call each, and the whole processor is put back
before each case, so that none depends on the one before (exclusive monitor, system registers, exception level).
"""

import ctypes
import struct
import sys

import unicorn
from unicorn import arm64_const as a64

try:
    from unicorn.unicorn import _uc as LIBRARY
except ImportError:
    # Since 2.1
    from unicorn.unicorn_py3.unicorn import uclib as LIBRARY

CODE, DATA, PAGE = 0x4000_0000, 0x4001_0000, 4096
START = CODE + 0x800
STEPS = 16
MAX_WORDS = 4
STATE_BYTES = 784
CASE_BYTES = 32 + STATE_BYTES
LEFT, LIMIT, UNDEFINED, SVC, BRK, ALIGNMENT, ABORT, OTHER = range(8)

# Numbers of UC_HOOK_INTR for A64
EXCP_UDEF, EXCP_SWI, EXCP_DATA_ABORT, EXCP_BKPT = 1, 2, 4, 7
ENDS = {EXCP_UDEF: UNDEFINED, EXCP_SWI: SVC, EXCP_DATA_ABORT: ALIGNMENT, EXCP_BKPT: BRK}

FETCH_ERRORS = (unicorn.UC_ERR_FETCH_UNMAPPED, unicorn.UC_ERR_FETCH_PROT)
DATA_ERRORS = (
    unicorn.UC_ERR_READ_UNMAPPED,
    unicorn.UC_ERR_WRITE_UNMAPPED,
    unicorn.UC_ERR_READ_PROT,
    unicorn.UC_ERR_WRITE_PROT,
)

# In the order of a state's words
WORDS = [a64.UC_ARM64_REG_X0 + n for n in range(29)] + [a64.UC_ARM64_REG_X29, a64.UC_ARM64_REG_X30]
WORDS += [a64.UC_ARM64_REG_SP, a64.UC_ARM64_REG_PC, a64.UC_ARM64_REG_NZCV]
VECTORS = [a64.UC_ARM64_REG_Q0 + n for n in range(32)]


def page():
    """Memory of our own at a page boundary, as uc_mem_map_ptr wants it: what keeps it alive, and its address."""
    room = ctypes.create_string_buffer(2 * PAGE)
    return room, (ctypes.addressof(room) + PAGE - 1) & -PAGE


class Registers:
    """All registers of a state in one block of memory, moved by one call."""

    def __init__(self, emulator):
        self.block = ctypes.create_string_buffer(STATE_BYTES)
        self.view = memoryview(self.block).cast("B")
        address = ctypes.addressof(self.block)
        places = [address + 8 * n for n in range(len(WORDS))]
        places += [address + 8 * len(WORDS) + 16 * n for n in range(len(VECTORS))]
        numbers = WORDS + VECTORS
        count = len(numbers)
        self.arguments = (
            emulator._uch,
            (ctypes.c_int * count)(*numbers),
            (ctypes.c_void_p * count)(*places),
            ctypes.c_int(count),
        )
        self.read_batch = LIBRARY.uc_reg_read_batch
        self.write_batch = LIBRARY.uc_reg_write_batch

    def write(self):
        self.write_batch(*self.arguments)

    def read(self):
        # A register of 32 bits fills only its part of the word.
        self.view[8 * 33 : 8 * 34] = b"\0" * 8
        self.read_batch(*self.arguments)


class Oracle:
    def __init__(self):
        self.emulator = uc = unicorn.Uc(unicorn.UC_ARCH_ARM64, unicorn.UC_MODE_ARM)
        uc.ctl_set_cpu_model(a64.UC_CPU_ARM64_MAX)
        self.code_room, self.code = page()
        self.data_room, self.data = page()
        uc.mem_map_ptr(CODE, PAGE, unicorn.UC_PROT_READ | unicorn.UC_PROT_EXEC, self.code)
        uc.mem_map_ptr(DATA, PAGE, unicorn.UC_PROT_READ | unicorn.UC_PROT_WRITE, self.data)
        self.data_view = memoryview((ctypes.c_char * PAGE).from_address(self.data)).cast("B")
        self.words = (ctypes.c_uint32 * MAX_WORDS).from_address(self.code + START - CODE)
        uc.hook_add(unicorn.UC_HOOK_INTR, self.on_exception)
        uc.hook_add(unicorn.UC_HOOK_MEM_INVALID, self.on_invalid)
        self.registers = Registers(uc)
        self.exception = None
        self.address = None
        # What a case begins with, by exception level
        at_el1 = uc.context_save()
        self.enter_el0()
        self.fresh = (uc.context_save(), at_el1)

    def enter_el0(self):
        """Goes there as a system does: an instruction at a time, because ERET ends where nothing can be fetched."""
        uc = self.emulator
        uc.reg_write(a64.UC_ARM64_REG_X1, START + 12)
        # msr spsr_el1, xzr; msr elr_el1, x1; eret; nop
        self.words[:] = [0xD518401F, 0xD5184021, 0xD69F03E0, 0xD503201F]
        uc.emu_start(START, START + 12, 0, MAX_WORDS)
        if uc.reg_read(a64.UC_ARM64_REG_PC) != START + 12 or uc.reg_read(a64.UC_ARM64_REG_PSTATE) & 15 != 0:
            sys.exit("unicorn-oracle.py: EL0 is not reached")

    def on_exception(self, uc, number, _):
        if self.exception is None:
            self.exception = number
        uc.emu_stop()

    def on_invalid(self, uc, access, address, size, value, _):
        # A store across a boundary is told byte by byte: the first is the fault.
        if self.address is None:
            self.address = address & 0xFFFF_FFFF_FFFF_FFFF
        return False

    def run(self, words, level, state, memory):
        """Executes one case. Answers with end and address; registers and memory are where they are."""
        uc = self.emulator
        count = len(words)
        for n in range(MAX_WORDS):
            self.words[n] = words[n] if n < count else 0
        # What was translated before is of the words before.
        uc.ctl_remove_cache(CODE, CODE + PAGE)
        ctypes.memmove(self.data, memory, PAGE)
        uc.context_restore(self.fresh[level])
        self.registers.view[:] = state
        self.registers.write()
        self.exception = None
        self.address = None
        error = unicorn.UC_ERR_OK
        end = START + 4 * count
        try:
            uc.emu_start(START, end, 0, STEPS)
        except unicorn.UcError as problem:
            error = problem.errno
        self.registers.read()
        (pc,) = struct.unpack_from("<Q", self.registers.block, 8 * 32)
        outside = pc < START or pc >= end
        if self.exception == EXCP_SWI:
            return SVC, 0
        if outside and (self.exception in (None, EXCP_UDEF)) and (error == unicorn.UC_ERR_OK or error in FETCH_ERRORS):
            return LEFT, 0
        if self.exception is not None:
            return ENDS.get(self.exception, OTHER), 0
        if error in DATA_ERRORS:
            return ABORT, self.address or 0
        if error == unicorn.UC_ERR_OK:
            return LIMIT, 0
        return (UNDEFINED, 0) if error == unicorn.UC_ERR_INSN_INVALID else (OTHER, error)


def read_exactly(stream, count):
    data = stream.read(count)
    if len(data) != count:
        sys.exit("the batch ends too early")
    return data


def answer(oracle, stream):
    """Takes one batch. None where the input has ended."""
    header = stream.read(8)
    if header == b"":
        return None
    count, pages = struct.unpack("<II", header)
    images = [read_exactly(stream, PAGE) for _ in range(pages)]
    cases = memoryview(read_exactly(stream, count * CASE_BYTES))
    parts = []
    length = 0
    for at in range(0, count * CASE_BYTES, CASE_BYTES):
        image, words, *code, level = struct.unpack_from("<7I", cases, at)
        memory = images[image]
        end, address = oracle.run(code[:words], level, cases[at + 32 : at + CASE_BYTES], memory)
        changed = oracle.data_view != memory
        part = struct.pack("<BBHIQ", end, changed, 0, 0, address) + oracle.registers.block.raw
        if changed:
            part += oracle.data_view.tobytes()
        length += len(part)
        parts.append(part)
    return struct.pack("<II", length, 0) + b"".join(parts)


def main():
    oracle = Oracle()
    sys.stdout.buffer.write(b"unicorn %s\n" % str(unicorn.__version__).encode())
    sys.stdout.buffer.flush()
    while True:
        reply = answer(oracle, sys.stdin.buffer)
        if reply is None:
            return
        sys.stdout.buffer.write(reply)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
