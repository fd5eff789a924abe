/* Hand-written code that no unwind table describes: CFI directives are left out on purpose. Each function calls the
   function whose address it is given. */
        .text

#if defined(__x86_64__)
/* Keeps a frame pointer. */
        .globl  assembly_with_frame
        .type   assembly_with_frame, @function
assembly_with_frame:
        pushq   %rbp
        movq    %rsp, %rbp
        subq    $64, %rsp
        callq   *%rdi
        leave
        ret
        .size   assembly_with_frame, .-assembly_with_frame

/* Keeps none, and uses the register for something else. */
        .globl  assembly_without_frame
        .type   assembly_without_frame, @function
assembly_without_frame:
        pushq   %rbp
        pushq   %rbx
        subq    $200, %rsp
        movl    $7, %ebp
        callq   *%rdi
        addq    $200, %rsp
        popq    %rbx
        popq    %rbp
        ret
        .size   assembly_without_frame, .-assembly_without_frame

/* A leaf that spins: the return address is on top of the stack. */
        .globl  assembly_leaf
        .type   assembly_leaf, @function
assembly_leaf:
1:      pause
        cmpq    $0, (%rdi)
        je      1b
        ret
        .size   assembly_leaf, .-assembly_leaf
#elif defined(__aarch64__)
        .globl  assembly_with_frame
        .type   assembly_with_frame, %function
assembly_with_frame:
        stp     x29, x30, [sp, -80]!
        mov     x29, sp
        blr     x0
        ldp     x29, x30, [sp], 80
        ret
        .size   assembly_with_frame, .-assembly_with_frame

        .globl  assembly_without_frame
        .type   assembly_without_frame, %function
assembly_without_frame:
        sub     sp, sp, 208
        str     x30, [sp, 200]
        blr     x0
        ldr     x30, [sp, 200]
        add     sp, sp, 208
        ret
        .size   assembly_without_frame, .-assembly_without_frame

        .globl  assembly_leaf
        .type   assembly_leaf, %function
assembly_leaf:
1:      yield
        ldr     x1, [x0]
        cbz     x1, 1b
        ret
        .size   assembly_leaf, .-assembly_leaf
#endif
        .section .note.GNU-stack, "", %progbits
