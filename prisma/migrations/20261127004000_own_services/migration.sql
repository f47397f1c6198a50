-- Services of applications, beside those of AWS: their actions, resource types and condition keys
CREATE TABLE "OwnService" (
    "prefix" TEXT NOT NULL,
    "definition" JSONB NOT NULL,

    CONSTRAINT "OwnService_pkey" PRIMARY KEY ("prefix")
);
