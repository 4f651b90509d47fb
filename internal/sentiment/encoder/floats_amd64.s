#include "textflag.h"

// The float32 functions in AVX2. They round exactly as the portable ones: no fused multiply-add, sums in eight lanes that SUM8
// adds as ((0+4)+(2+6))+((1+5)+(3+7)).

DATA constants<>+0(SB)/4, $0x3F800000 // 1
DATA constants<>+4(SB)/4, $0x3F000000  // 0.5
DATA constants<>+8(SB)/4, $0xC2AC0000 // -86
DATA constants<>+12(SB)/4, $0x3FB8AA3B // log2(e)
DATA constants<>+16(SB)/4, $0x4B400000 // 1.5 * 2^23
DATA constants<>+20(SB)/4, $0x3F318000 // ln 2, the high part
DATA constants<>+24(SB)/4, $0xB95E8083 // ln 2, the low part
DATA constants<>+28(SB)/4, $0x39506967 // exp: r^7
DATA constants<>+32(SB)/4, $0x3AB743CE // r^6
DATA constants<>+36(SB)/4, $0x3C088908 // r^5
DATA constants<>+40(SB)/4, $0x3D2AA9C1 // r^4
DATA constants<>+44(SB)/4, $0x3E2AAAAA // r^3
DATA constants<>+48(SB)/4, $0x3F000000 // r^2
GLOBL constants<>(SB), RODATA|NOPTR, $52

// The polynomial of geluScalar, highest power first, then the two limits.
DATA phi<>+0(SB)/4, $0x2E47FB7E
DATA phi<>+4(SB)/4, $0xB19B250A
DATA phi<>+8(SB)/4, $0x34554322
DATA phi<>+12(SB)/4, $0xB6ACB8D1
DATA phi<>+16(SB)/4, $0x38B99341
DATA phi<>+20(SB)/4, $0xBA8D6FDA
DATA phi<>+24(SB)/4, $0x3C1F3B84
DATA phi<>+28(SB)/4, $0xBD878EC5
DATA phi<>+32(SB)/4, $0x3ECC3208
DATA phi<>+36(SB)/4, $0x40880000
DATA phi<>+40(SB)/4, $0xC0880000
GLOBL phi<>(SB), RODATA|NOPTR, $44

#define FOLD8(op, y, x, t) \
	VEXTRACTF128 $1, y, t  \
	op t, x, x             \
	VMOVHLPS x, x, t       \
	op t, x, x             \
	VMOVSHDUP x, t         \
	op t, x, x

// func dequantiseAVX2(dst *float32, sums, totals *int32, scales, bias *float32, scale float32, zero int32, n int)
TEXT ·dequantiseAVX2(SB), NOSPLIT, $0-56
	MOVQ dst+0(FP), DI
	MOVQ sums+8(FP), SI
	MOVQ totals+16(FP), DX
	MOVQ scales+24(FP), R8
	MOVQ bias+32(FP), R9
	VBROADCASTSS scale+40(FP), Y1
	MOVL zero+44(FP), AX
	VMOVD AX, X2
	VPBROADCASTD X2, Y2
	MOVQ n+48(FP), CX
	XORQ AX, AX

dequantise:
	VPMULLD (DX)(AX*4), Y2, Y3
	VMOVDQU (SI)(AX*4), Y0
	VPSUBD Y3, Y0, Y0
	VCVTDQ2PS Y0, Y0
	VMULPS Y1, Y0, Y0
	VMULPS (R8)(AX*4), Y0, Y0
	VADDPS (R9)(AX*4), Y0, Y0
	VMOVUPS Y0, (DI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT dequantise
	VZEROUPPER
	RET

#define HORNER(at, t, p) \
	VBROADCASTSS at, Y15 \
	VMULPS t, p, p       \
	VADDPS Y15, p, p

// func geluAVX2(x *float32, n int)
TEXT ·geluAVX2(SB), NOSPLIT, $0-16
	MOVQ x+0(FP), DI
	MOVQ n+8(FP), CX
	XORQ AX, AX
	VBROADCASTSS phi<>+0(SB), Y14
	VBROADCASTSS phi<>+4(SB), Y13
	VBROADCASTSS phi<>+8(SB), Y12
	VBROADCASTSS phi<>+12(SB), Y11
	VBROADCASTSS phi<>+16(SB), Y10
	VBROADCASTSS phi<>+20(SB), Y9
	VBROADCASTSS phi<>+24(SB), Y8
	VBROADCASTSS phi<>+28(SB), Y7
	VBROADCASTSS phi<>+32(SB), Y6
	VBROADCASTSS phi<>+36(SB), Y5
	VBROADCASTSS phi<>+40(SB), Y4
	VBROADCASTSS constants<>+4(SB), Y3

gelu:
	VMOVUPS (DI)(AX*4), Y0
	VMINPS Y5, Y0, Y1
	VMAXPS Y4, Y1, Y1
	VMULPS Y1, Y1, Y2
	VMULPS Y2, Y14, Y15
	VADDPS Y13, Y15, Y15
	VMULPS Y2, Y15, Y15
	VADDPS Y12, Y15, Y15
	VMULPS Y2, Y15, Y15
	VADDPS Y11, Y15, Y15
	VMULPS Y2, Y15, Y15
	VADDPS Y10, Y15, Y15
	VMULPS Y2, Y15, Y15
	VADDPS Y9, Y15, Y15
	VMULPS Y2, Y15, Y15
	VADDPS Y8, Y15, Y15
	VMULPS Y2, Y15, Y15
	VADDPS Y7, Y15, Y15
	VMULPS Y2, Y15, Y15
	VADDPS Y6, Y15, Y15
	VMULPS Y1, Y15, Y15
	VADDPS Y3, Y15, Y15
	VMULPS Y0, Y15, Y15
	VMOVUPS Y15, (DI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT gelu
	VZEROUPPER
	RET

// func scaledRangeAVX2(dst, x, factors *float32, n int) (least, largest float32)
TEXT ·scaledRangeAVX2(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ factors+16(FP), R8
	MOVQ n+24(FP), CX
	XORQ AX, AX
	VXORPS Y1, Y1, Y1
	VXORPS Y3, Y3, Y3

range:
	VMOVUPS (SI)(AX*4), Y0
	VMULPS (R8)(AX*4), Y0, Y0
	VMOVUPS Y0, (DI)(AX*4)
	VMAXPS Y0, Y1, Y1
	VMINPS Y0, Y3, Y3
	ADDQ $8, AX
	CMPQ AX, CX
	JLT range
	FOLD8(VMAXPS, Y1, X1, X2)
	FOLD8(VMINPS, Y3, X3, X2)
	VMOVSS X3, least+32(FP)
	VMOVSS X1, largest+36(FP)
	VZEROUPPER
	RET

// func roundAVX2(q *int8, x *float32, factor float32, zero int32, n int)
TEXT ·roundAVX2(SB), NOSPLIT, $0-32
	MOVQ q+0(FP), DI
	MOVQ x+8(FP), SI
	VBROADCASTSS factor+16(FP), Y4
	MOVL zero+20(FP), AX
	VMOVD AX, X5
	VPBROADCASTD X5, Y5
	MOVQ n+24(FP), CX
	XORQ AX, AX

round:
	VMULPS (SI)(AX*4), Y4, Y0
	VMULPS 32(SI)(AX*4), Y4, Y1
	VMULPS 64(SI)(AX*4), Y4, Y2
	VMULPS 96(SI)(AX*4), Y4, Y3
	VCVTPS2DQ Y0, Y0
	VCVTPS2DQ Y1, Y1
	VCVTPS2DQ Y2, Y2
	VCVTPS2DQ Y3, Y3
	VPADDD Y5, Y0, Y0
	VPADDD Y5, Y1, Y1
	VPADDD Y5, Y2, Y2
	VPADDD Y5, Y3, Y3
	VPACKSSDW Y1, Y0, Y0
	VPACKSSDW Y3, Y2, Y2
	VPERMQ $0xD8, Y0, Y0
	VPERMQ $0xD8, Y2, Y2
	VPACKSSWB Y2, Y0, Y0
	VPERMQ $0xD8, Y0, Y0
	VMOVDQU Y0, (DI)(AX*1)
	ADDQ $32, AX
	CMPQ AX, CX
	JLT round
	VZEROUPPER
	RET

// func normAVX2(x, add, gain, bias *float32, n int, epsilon float32)
TEXT ·normAVX2(SB), NOSPLIT, $0-44
	MOVQ x+0(FP), DI
	MOVQ add+8(FP), SI
	MOVQ gain+16(FP), R8
	MOVQ bias+24(FP), R9
	MOVQ n+32(FP), CX
	VXORPS X5, X5, X5
	VCVTSI2SSQ CX, X5, X5
	VXORPS Y1, Y1, Y1
	XORQ AX, AX

sum:
	VMOVUPS (DI)(AX*4), Y0
	VADDPS (SI)(AX*4), Y0, Y0
	VMOVUPS Y0, (DI)(AX*4)
	VADDPS Y0, Y1, Y1
	ADDQ $8, AX
	CMPQ AX, CX
	JLT sum
	FOLD8(VADDPS, Y1, X1, X2)
	VDIVSS X5, X1, X1
	VBROADCASTSS X1, Y1
	VXORPS Y2, Y2, Y2
	XORQ AX, AX

squares:
	VMOVUPS (DI)(AX*4), Y0
	VSUBPS Y1, Y0, Y0
	VMOVUPS Y0, (DI)(AX*4)
	VMULPS Y0, Y0, Y0
	VADDPS Y0, Y2, Y2
	ADDQ $8, AX
	CMPQ AX, CX
	JLT squares
	FOLD8(VADDPS, Y2, X2, X3)
	VDIVSS X5, X2, X2
	VADDSS epsilon+40(FP), X2, X2
	VSQRTSS X2, X2, X2
	VMOVSS constants<>+0(SB), X3
	VDIVSS X2, X3, X3
	VBROADCASTSS X3, Y3
	XORQ AX, AX

scale:
	VMULPS (DI)(AX*4), Y3, Y0
	VMULPS (R8)(AX*4), Y0, Y0
	VADDPS (R9)(AX*4), Y0, Y0
	VMOVUPS Y0, (DI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT scale
	VZEROUPPER
	RET

// func softmaxAVX2(x *float32, n int)
TEXT ·softmaxAVX2(SB), NOSPLIT, $0-16
	MOVQ x+0(FP), DI
	MOVQ n+8(FP), CX
	VMOVUPS (DI), Y1
	XORQ AX, AX

largest:
	VMAXPS (DI)(AX*4), Y1, Y1
	ADDQ $8, AX
	CMPQ AX, CX
	JLT largest
	FOLD8(VMAXPS, Y1, X1, X2)
	VBROADCASTSS X1, Y1
	VXORPS Y2, Y2, Y2
	VBROADCASTSS constants<>+0(SB), Y14
	VBROADCASTSS constants<>+8(SB), Y13
	VBROADCASTSS constants<>+12(SB), Y12
	VBROADCASTSS constants<>+16(SB), Y11
	VBROADCASTSS constants<>+20(SB), Y10
	VBROADCASTSS constants<>+24(SB), Y9
	VBROADCASTSS constants<>+28(SB), Y8
	VBROADCASTSS constants<>+32(SB), Y7
	XORQ AX, AX

exp:
	VMOVUPS (DI)(AX*4), Y0
	VSUBPS Y1, Y0, Y0
	VMAXPS Y13, Y0, Y0
	VMULPS Y12, Y0, Y3
	VADDPS Y11, Y3, Y3
	VSUBPS Y11, Y3, Y4
	VMULPS Y10, Y4, Y5
	VSUBPS Y5, Y0, Y0
	VMULPS Y9, Y4, Y5
	VSUBPS Y5, Y0, Y0
	VMULPS Y0, Y8, Y6
	VADDPS Y7, Y6, Y6
	HORNER(constants<>+36(SB), Y0, Y6)
	HORNER(constants<>+40(SB), Y0, Y6)
	HORNER(constants<>+44(SB), Y0, Y6)
	HORNER(constants<>+48(SB), Y0, Y6)
	VMULPS Y0, Y0, Y5
	VMULPS Y5, Y6, Y6
	VADDPS Y0, Y6, Y6
	VADDPS Y14, Y6, Y6
	VPSLLD $23, Y3, Y3
	VPADDD Y3, Y6, Y6
	VMOVUPS Y6, (DI)(AX*4)
	VADDPS Y6, Y2, Y2
	ADDQ $8, AX
	CMPQ AX, CX
	JLT exp
	FOLD8(VADDPS, Y2, X2, X3)
	VDIVSS X2, X14, X2
	VBROADCASTSS X2, Y2
	XORQ AX, AX

share:
	VMULPS (DI)(AX*4), Y2, Y0
	VMOVUPS Y0, (DI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT share
	VZEROUPPER
	RET

#define MUL2(at, a, b) \
	VBROADCASTSS at, Y10 \
	VMULPS Y8, Y10, Y11  \
	VADDPS Y11, a, a     \
	VMULPS Y9, Y10, Y12  \
	VADDPS Y12, b, b

#define ZERO2(a, b) \
	VXORPS a, a, a \
	VXORPS b, b, b

#define SAVE2(a, b) \
	VMOVUPS a, (R14)   \
	VMOVUPS b, 32(R14) \
	ADDQ BX, R14

// func product4AVX2(c *float32, cStride int, a *float32, aStride int, b *float32, bStride, inner, columns int)
TEXT ·product4AVX2(SB), NOSPLIT, $0-64
	MOVQ c+0(FP), DI
	MOVQ cStride+8(FP), BX
	MOVQ a+16(FP), SI
	MOVQ aStride+24(FP), CX
	MOVQ b+32(FP), R8
	MOVQ bStride+40(FP), DX
	MOVQ columns+56(FP), R9
	SHLQ $2, BX
	SHLQ $2, CX
	SHLQ $2, DX
	LEAQ (CX)(CX*2), R12

columns4:
	ZERO2(Y0, Y1)
	ZERO2(Y2, Y3)
	ZERO2(Y4, Y5)
	ZERO2(Y6, Y7)
	MOVQ SI, R10
	MOVQ R8, R11
	MOVQ inner+48(FP), AX

inner4:
	VMOVUPS (R11), Y8
	VMOVUPS 32(R11), Y9
	MUL2((R10), Y0, Y1)
	MUL2((R10)(CX*1), Y2, Y3)
	MUL2((R10)(CX*2), Y4, Y5)
	MUL2((R10)(R12*1), Y6, Y7)
	ADDQ DX, R11
	ADDQ $4, R10
	DECQ AX
	JNZ inner4
	MOVQ DI, R14
	SAVE2(Y0, Y1)
	SAVE2(Y2, Y3)
	SAVE2(Y4, Y5)
	SAVE2(Y6, Y7)
	ADDQ $64, DI
	ADDQ $64, R8
	SUBQ $16, R9
	JNZ columns4
	VZEROUPPER
	RET

// func product1AVX2(c, a, b *float32, bStride, inner, columns int)
TEXT ·product1AVX2(SB), NOSPLIT, $0-48
	MOVQ c+0(FP), R14
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), R8
	MOVQ bStride+24(FP), DX
	MOVQ columns+40(FP), R9
	MOVQ $64, BX
	SHLQ $2, DX

columns1:
	ZERO2(Y0, Y1)
	MOVQ SI, R10
	MOVQ R8, R11
	MOVQ inner+32(FP), AX

inner1:
	VMOVUPS (R11), Y8
	VMOVUPS 32(R11), Y9
	MUL2((R10), Y0, Y1)
	ADDQ DX, R11
	ADDQ $4, R10
	DECQ AX
	JNZ inner1
	SAVE2(Y0, Y1)
	ADDQ $64, R8
	SUBQ $16, R9
	JNZ columns1
	VZEROUPPER
	RET
