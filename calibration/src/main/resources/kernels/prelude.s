# What every kernel may use. In a kernel's body rsi points to its data, r8 to a place in its ring, r9 holds 0 (as a value
# that no core knows to be zero), r12 random bits that live on between runs, and r15 counts the iterations. All other
# general registers are free; r14 points to kernel_scratch.
        .intel_syntax noprefix

        # Advances the random bits in r12; rax is lost. Six cycles, and nothing predicts the result.
        .macro random_bits
        mov     rax, r12
        shl     rax, 13
        xor     r12, rax
        mov     rax, r12
        shr     rax, 7
        xor     r12, rax
        mov     rax, r12
        shl     rax, 17
        xor     r12, rax
        .endm

        # A thread-local flag is read, compared with "unset", and found set.
        .macro tls_gate number
        cmp     dword ptr fs:kernel_tls@tpoff+8*\number, -1
        je      kernel_never
        .endm

        # The same flag in ordinary memory.
        .macro rip_gate number
        cmp     dword ptr kernel_scratch[rip+8*\number], -1
        je      kernel_never
        .endm

        # A byte of a table, chosen by random bits.
        .macro table_read number
        mov     eax, ebx
        and     eax, 63
        movzx   eax, byte ptr [r14+rax+\number]
        .endm

        # Behind a fence, so that what came before is done: rcx comes, as zero, with the last of five loads.
        .macro fenced_zero
        lfence
        mov     rcx, [r14+256]
        .rept   4
        mov     rcx, [r14+rcx+256]
        .endr
        .endm

        # Loads in a chain, whose first one's address is in rax.
        .macro load_chain number
        .rept   \number
        mov     rax, [r14+rax]
        .endr
        .endm

        .macro empty_call number
        call    kernel_empty
        .endm

        .macro never_taken number
        test    r9, r9
        jnz     kernel_never
        .endm

        .macro filler number
        .rept   \number
        nop
        .endr
        .endm

        .data
        .p2align 12
        .globl  kernel_scratch
kernel_scratch:
        .zero   16384
kernel_offset:
        .quad   kernel_tls@tpoff
kernel_pointer:
        .quad   kernel_empty
kernel_generation:
        .quad   0

        .text
        .p2align 6
        .type   kernel_empty, @function
kernel_empty:
        ret
        .size   kernel_empty, .-kernel_empty
        .p2align 4
        .type   kernel_stub, @function
kernel_stub:
        jmp     qword ptr kernel_pointer[rip]
        .size   kernel_stub, .-kernel_stub
        .p2align 4
        .type   kernel_never, @function
kernel_never:
        ud2
        .size   kernel_never, .-kernel_never
        # What a library's lookup of a thread-local address executes when nothing is missing.
        .p2align 4
        .type   kernel_tls_address, @function
kernel_tls_address:
        mov     rdx, fs:kernel_tls@tpoff+256
        mov     rax, kernel_generation[rip]
        cmp     [r14], rax
        jne     kernel_never
        lea     rax, [rdx+rdi]
        cmp     rax, -1
        je      kernel_never
        ret
        .size   kernel_tls_address, .-kernel_tls_address
