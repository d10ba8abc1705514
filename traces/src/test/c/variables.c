/* Variables that operands name by themselves, and small values. */
_Thread_local int unset = -1;
_Thread_local char letters[10] = "abc";
int counter = 41;
static unsigned short table[4] = {1, 2, 3, 4};

__attribute__((noipa)) int look(void)
{
    unset += 1;
    letters[1] = 'x';
    counter++;
    table[2] = (unsigned short) (table[2] + 5);
    return unset + letters[1] + counter + table[2];
}

int main(void)
{
    return look() + look() == 0;
}
