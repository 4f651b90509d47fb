#include "textflag.h"

// The matrix kernels. Weights lie in panels of sixteen outputs: for every four inputs 64 bytes, four of each output.
// Each function computes six or four rows of the result. SI and R12 point to the first and the fourth row of activations,
// CX is the distance between rows in bytes.

#define STORE4(at, a, b, c, d) \
	VMOVDQU32 a, (at)    \
	VMOVDQU32 b, 64(at)  \
	VMOVDQU32 c, 128(at) \
	VMOVDQU32 d, 192(at)

#define DOT4(at, a, b, c, d) \
	VPBROADCASTD at, Z28 \
	VPDPBUSD Z24, Z28, a \
	VPDPBUSD Z25, Z28, b \
	VPDPBUSD Z26, Z28, c \
	VPDPBUSD Z27, Z28, d

#define COPY4(a, b, c, d) \
	VMOVDQA32 Z0, a \
	VMOVDQA32 Z1, b \
	VMOVDQA32 Z2, c \
	VMOVDQA32 Z3, d

#define ARGUMENTS \
	MOVQ sums+0(FP), DI     \
	MOVQ packed+8(FP), SI   \
	MOVQ weights+16(FP), R8 \
	MOVQ totals+24(FP), DX  \
	MOVQ inputs+32(FP), CX  \
	MOVQ outputs+40(FP), BX \
	SHLQ $2, BX

// The activations have 128 added, so the accumulators start from -128 times the total of each output's weights.
#define START512(at, a) \
	VPSLLD $7, at, a   \
	VPSUBD a, Z28, a

// Four panels at once: R8 to R11.
#define BEGIN512 \
	ARGUMENTS             \
	MOVQ CX, AX           \
	SHLQ $4, AX           \
	LEAQ (R8)(AX*1), R9   \
	LEAQ (R9)(AX*1), R10  \
	LEAQ (R10)(AX*1), R11 \
	LEAQ (CX)(CX*2), R12  \
	ADDQ SI, R12          \
	MOVQ CX, R13          \
	SHRQ $2, R13          \
	VPXORD Z28, Z28, Z28  \
	START512((DX), Z0)    \
	START512(64(DX), Z1)  \
	START512(128(DX), Z2) \
	START512(192(DX), Z3)

#define WEIGHTS512 \
	VMOVDQU32 (R8), Z24  \
	VMOVDQU32 (R9), Z25  \
	VMOVDQU32 (R10), Z26 \
	VMOVDQU32 (R11), Z27

#define STEP512 \
	ADDQ $64, R8  \
	ADDQ $64, R9  \
	ADDQ $64, R10 \
	ADDQ $64, R11 \
	ADDQ $4, SI   \
	ADDQ $4, R12  \
	DECQ R13

// func vnni6(sums *int32, packed *byte, weights *int8, totals *int32, inputs, outputs int)
TEXT ·vnni6(SB), NOSPLIT, $0-48
	BEGIN512
	COPY4(Z4, Z5, Z6, Z7)
	COPY4(Z8, Z9, Z10, Z11)
	COPY4(Z12, Z13, Z14, Z15)
	COPY4(Z16, Z17, Z18, Z19)
	COPY4(Z20, Z21, Z22, Z23)

loop6:
	WEIGHTS512
	DOT4((SI), Z0, Z1, Z2, Z3)
	DOT4((SI)(CX*1), Z4, Z5, Z6, Z7)
	DOT4((SI)(CX*2), Z8, Z9, Z10, Z11)
	DOT4((R12), Z12, Z13, Z14, Z15)
	DOT4((R12)(CX*1), Z16, Z17, Z18, Z19)
	DOT4((R12)(CX*2), Z20, Z21, Z22, Z23)
	STEP512
	JNZ loop6
	STORE4(DI, Z0, Z1, Z2, Z3)
	ADDQ BX, DI
	STORE4(DI, Z4, Z5, Z6, Z7)
	ADDQ BX, DI
	STORE4(DI, Z8, Z9, Z10, Z11)
	ADDQ BX, DI
	STORE4(DI, Z12, Z13, Z14, Z15)
	ADDQ BX, DI
	STORE4(DI, Z16, Z17, Z18, Z19)
	ADDQ BX, DI
	STORE4(DI, Z20, Z21, Z22, Z23)
	VZEROUPPER
	RET

// func vnni4(sums *int32, packed *byte, weights *int8, totals *int32, inputs, outputs int)
TEXT ·vnni4(SB), NOSPLIT, $0-48
	BEGIN512
	COPY4(Z4, Z5, Z6, Z7)
	COPY4(Z8, Z9, Z10, Z11)
	COPY4(Z12, Z13, Z14, Z15)

loop4:
	WEIGHTS512
	DOT4((SI), Z0, Z1, Z2, Z3)
	DOT4((SI)(CX*1), Z4, Z5, Z6, Z7)
	DOT4((SI)(CX*2), Z8, Z9, Z10, Z11)
	DOT4((R12), Z12, Z13, Z14, Z15)
	STEP512
	JNZ loop4
	STORE4(DI, Z0, Z1, Z2, Z3)
	ADDQ BX, DI
	STORE4(DI, Z4, Z5, Z6, Z7)
	ADDQ BX, DI
	STORE4(DI, Z8, Z9, Z10, Z11)
	ADDQ BX, DI
	STORE4(DI, Z12, Z13, Z14, Z15)
	VZEROUPPER
	RET

// AVX2: eight outputs, activations as 16-bit integers. A vector of weights holds four inputs of four outputs, so that an
// accumulator holds two halves of each of four sums, added at the end.

#define DOT2(at, a, b) \
	VPBROADCASTQ at, Y14    \
	VPMADDWD Y12, Y14, Y15  \
	VPADDD Y15, a, a        \
	VPMADDWD Y13, Y14, Y15  \
	VPADDD Y15, b, b

#define ZERO2(a, b) \
	VPXOR a, a, a \
	VPXOR b, b, b

#define STORE2(a, b) \
	VPHADDD b, a, a     \
	VPERMQ $0xD8, a, a  \
	VMOVDQU a, (DI)     \
	ADDQ BX, DI

#define BEGIN256 \
	ARGUMENTS            \
	MOVQ CX, R13         \
	SHRQ $2, R13         \
	SHLQ $1, CX          \
	LEAQ (CX)(CX*2), R12 \
	ADDQ SI, R12

#define STEP256 \
	ADDQ $64, R8 \
	ADDQ $8, SI  \
	ADDQ $8, R12 \
	DECQ R13

// func avx2Tile6(sums *int32, packed *byte, weights *int8, totals *int32, inputs, outputs int)
TEXT ·avx2Tile6(SB), NOSPLIT, $0-48
	BEGIN256
	ZERO2(Y0, Y1)
	ZERO2(Y2, Y3)
	ZERO2(Y4, Y5)
	ZERO2(Y6, Y7)
	ZERO2(Y8, Y9)
	ZERO2(Y10, Y11)

loop6:
	VPMOVSXBW (R8), Y12
	VPMOVSXBW 16(R8), Y13
	DOT2((SI), Y0, Y1)
	DOT2((SI)(CX*1), Y2, Y3)
	DOT2((SI)(CX*2), Y4, Y5)
	DOT2((R12), Y6, Y7)
	DOT2((R12)(CX*1), Y8, Y9)
	DOT2((R12)(CX*2), Y10, Y11)
	STEP256
	JNZ loop6
	STORE2(Y0, Y1)
	STORE2(Y2, Y3)
	STORE2(Y4, Y5)
	STORE2(Y6, Y7)
	STORE2(Y8, Y9)
	STORE2(Y10, Y11)
	VZEROUPPER
	RET

// func avx2Tile4(sums *int32, packed *byte, weights *int8, totals *int32, inputs, outputs int)
TEXT ·avx2Tile4(SB), NOSPLIT, $0-48
	BEGIN256
	ZERO2(Y0, Y1)
	ZERO2(Y2, Y3)
	ZERO2(Y4, Y5)
	ZERO2(Y6, Y7)

loop4:
	VPMOVSXBW (R8), Y12
	VPMOVSXBW 16(R8), Y13
	DOT2((SI), Y0, Y1)
	DOT2((SI)(CX*1), Y2, Y3)
	DOT2((SI)(CX*2), Y4, Y5)
	DOT2((R12), Y6, Y7)
	STEP256
	JNZ loop4
	STORE2(Y0, Y1)
	STORE2(Y2, Y3)
	STORE2(Y4, Y5)
	STORE2(Y6, Y7)
	VZEROUPPER
	RET

// func widenAVX2(dst *byte, src *int8, n int)
TEXT ·widenAVX2(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX

widen:
	VPMOVSXBW (SI), Y0
	VMOVDQU Y0, (DI)
	ADDQ $16, SI
	ADDQ $32, DI
	SUBQ $16, CX
	JNZ widen
	VZEROUPPER
	RET
