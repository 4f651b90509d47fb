#include "textflag.h"

// The matrix kernel. Weights lie in panels of sixteen outputs: for every four inputs 64 bytes, four of each output. The assembler
// does not know SDOT and the vector forms of FMUL and FADD, so they are put together here from their fields (Arm Architecture
// Reference Manual, C7.2).

// Vd.4S += for each of four outputs the dot product of four bytes of Vn with the four bytes number index of Vm.
#define SDOT(d, n, m, index) \
	WORD $(0x4F80E000 | ((index)&1)<<21 | ((index)>>1)<<11 | (m)<<16 | (n)<<5 | (d))

#define DOT4(row, m, index) \
	SDOT(4*row+0, 16, m, index) \
	SDOT(4*row+1, 17, m, index) \
	SDOT(4*row+2, 18, m, index) \
	SDOT(4*row+3, 19, m, index)

#define STEP(index) \
	VLD1.P 64(R2), [V16.B16, V17.B16, V18.B16, V19.B16] \
	DOT4(0, 20, index) \
	DOT4(1, 21, index) \
	DOT4(2, 22, index) \
	DOT4(3, 23, index)

#define ZERO4(a, b, c, d) \
	VEOR a.B16, a.B16, a.B16 \
	VEOR b.B16, b.B16, b.B16 \
	VEOR c.B16, c.B16, c.B16 \
	VEOR d.B16, d.B16, d.B16

#define ZERO16 \
	ZERO4(V0, V1, V2, V3) \
	ZERO4(V4, V5, V6, V7) \
	ZERO4(V8, V9, V10, V11) \
	ZERO4(V12, V13, V14, V15)

// STORE16 writes four rows of sixteen, stride bytes apart.
#define STORE16(stride) \
	VST1 [V0.S4, V1.S4, V2.S4, V3.S4], (R0) \
	ADD stride, R0, R0 \
	VST1 [V4.S4, V5.S4, V6.S4, V7.S4], (R0) \
	ADD stride, R0, R0 \
	VST1 [V8.S4, V9.S4, V10.S4, V11.S4], (R0) \
	ADD stride, R0, R0 \
	VST1 [V12.S4, V13.S4, V14.S4, V15.S4], (R0)

// func dotTile4(sums *int32, packed *byte, weights *int8, totals *int32, inputs, outputs int)
TEXT ·dotTile4(SB), NOSPLIT, $0-48
	MOVD sums+0(FP), R0
	MOVD packed+8(FP), R1
	MOVD weights+16(FP), R2
	MOVD inputs+32(FP), R4
	MOVD outputs+40(FP), R5
	LSL $2, R5, R5
	ADD R1, R4, R6
	ADD R6, R4, R7
	ADD R7, R4, R8
	ZERO16

loop:
	VLD1.P 16(R1), [V20.B16]
	VLD1.P 16(R6), [V21.B16]
	VLD1.P 16(R7), [V22.B16]
	VLD1.P 16(R8), [V23.B16]
	STEP(0)
	STEP(1)
	STEP(2)
	STEP(3)
	SUBS $16, R4, R4
	BNE loop
	STORE16(R5)
	RET

// Without SDOT: products of bytes are 16-bit, two of them added stay so (2 * 127 * 128 = 32,512), then pairs go into 32-bit sums.

// Vd.8H = Vn.8B * Vm.8B; Vd.8H += Vn.8B * Vm.8B; the same for the upper halves of Vn and Vm.
#define SMULL(d, n, m) WORD $(0x0E20C000 | (m)<<16 | (n)<<5 | (d))
#define SMLAL(d, n, m) WORD $(0x0E208000 | (m)<<16 | (n)<<5 | (d))
#define SMULL2(d, n, m) WORD $(0x4E20C000 | (m)<<16 | (n)<<5 | (d))
#define SMLAL2(d, n, m) WORD $(0x4E208000 | (m)<<16 | (n)<<5 | (d))

// Vd.4S += pairs of Vn.8H.
#define SADALP(d, n) WORD $(0x4E606800 | (n)<<5 | (d))

// Eight inputs (V20 the first four, V21 the others, each four times over) by eight outputs (V16, V17 and V18, V19).
#define PAIRS(row, a) \
	VLD1R.P 4(a), [V20.S4]  \
	VLD1R.P 4(a), [V21.S4]  \
	SMULL(24, 16, 20)       \
	SMULL2(25, 16, 20)      \
	SMULL(26, 17, 20)       \
	SMULL2(27, 17, 20)      \
	SMLAL(24, 18, 21)       \
	SMLAL2(25, 18, 21)      \
	SMLAL(26, 19, 21)       \
	SMLAL2(27, 19, 21)      \
	SADALP(4*row+0, 24)     \
	SADALP(4*row+1, 25)     \
	SADALP(4*row+2, 26)     \
	SADALP(4*row+3, 27)

#define STORE8(a, b, c, d) \
	VADDP b.S4, a.S4, a.S4     \
	VADDP d.S4, c.S4, b.S4     \
	VST1 [a.S4, b.S4], (R0)    \
	ADD R5, R0, R0

// func wideTile4(sums *int32, packed *byte, weights *int8, totals *int32, inputs, outputs int)
TEXT ·wideTile4(SB), NOSPLIT, $0-48
	MOVD sums+0(FP), R0
	MOVD packed+8(FP), R1
	MOVD weights+16(FP), R2
	MOVD inputs+32(FP), R4
	MOVD outputs+40(FP), R5
	MOVD $64, R9
	LSL $2, R5, R5
	ADD R1, R4, R6
	ADD R6, R4, R7
	ADD R7, R4, R8
	ZERO16

wide:
	VLD1.P (R2)(R9), [V16.B16, V17.B16]
	VLD1.P (R2)(R9), [V18.B16, V19.B16]
	PAIRS(0, R1)
	PAIRS(1, R6)
	PAIRS(2, R7)
	PAIRS(3, R8)
	SUBS $8, R4, R4
	BNE wide
	STORE8(V0, V1, V2, V3)
	STORE8(V4, V5, V6, V7)
	STORE8(V8, V9, V10, V11)
	STORE8(V12, V13, V14, V15)
	RET

// Vd.4S = Vn.4S times lane index of Vm; Vd.4S = Vn.4S + Vm.4S.
#define FMUL(d, n, m, index) \
	WORD $(0x4F809000 | ((index)&1)<<21 | ((index)>>1)<<11 | (m)<<16 | (n)<<5 | (d))

#define FADD(d, n, m) \
	WORD $(0x4E20D400 | (m)<<16 | (n)<<5 | (d))

// A row of sixteen columns in V(4*row) to V(4*row+3), b in V16 to V19, the row's value of a in lane 0 of Vm.
#define ADDROW(row, m) \
	FMUL(24, 16, m, 0) \
	FMUL(25, 17, m, 0) \
	FMUL(26, 18, m, 0) \
	FMUL(27, 19, m, 0) \
	FADD(4*row+0, 4*row+0, 24) \
	FADD(4*row+1, 4*row+1, 25) \
	FADD(4*row+2, 4*row+2, 26) \
	FADD(4*row+3, 4*row+3, 27)

// func product4NEON(c *float32, cStride int, a *float32, aStride int, b *float32, bStride int, inner int)
// Four rows and sixteen columns; two roundings per step, as everywhere.
TEXT ·product4NEON(SB), NOSPLIT, $0-56
	MOVD c+0(FP), R0
	MOVD cStride+8(FP), R1
	MOVD a+16(FP), R2
	MOVD aStride+24(FP), R3
	MOVD b+32(FP), R4
	MOVD bStride+40(FP), R5
	MOVD inner+48(FP), R6
	LSL $2, R1, R1
	LSL $2, R3, R3
	LSL $2, R5, R5
	ADD R2, R3, R7
	ADD R7, R3, R8
	ADD R8, R3, R9
	ZERO16

inner:
	VLD1 (R4), [V16.S4, V17.S4, V18.S4, V19.S4]
	ADD R5, R4, R4
	FMOVS.P 4(R2), F20
	FMOVS.P 4(R7), F21
	FMOVS.P 4(R8), F22
	FMOVS.P 4(R9), F23
	ADDROW(0, 20)
	ADDROW(1, 21)
	ADDROW(2, 22)
	ADDROW(3, 23)
	SUBS $1, R6, R6
	BNE inner
	STORE16(R1)
	RET
